-- The newest $2 entries of the log of table $1, by name or short name.
select entry.id, entry.run_date::pg_catalog.text as run_date, entry.data_date::pg_catalog.text as data_date, entry.action_type::pg_catalog.text as action,
       case entry.status when 0 then 'SUCCESS' when 1 then 'FAILED' else 'PROCESSING' end as status, entry.row_record as rows,
       entry.process_time::pg_catalog.float8 as seconds, pg_catalog.to_char(entry.update_date, 'YYYY-MM-DD HH24:MI:SS') as at, entry.logged_by as by,
       entry.message
from (select name from dfa.why($1) limit 1) as known
     join dfa.data_logging as entry on entry.table_name = known.name
order by entry.id desc
limit $2
