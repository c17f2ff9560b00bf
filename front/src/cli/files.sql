-- The last $3 files of table $1 (null: any), by name or short name; those alone that are wrong if $2.
select table_name as table, path, state, rows, refused_rows as refused, modified_at::pg_catalog.timestamp(0)::pg_catalog.text as modified,
       noted_at::pg_catalog.timestamp(0)::pg_catalog.text as noted, message
from dfa.file
where ($1::pg_catalog.text is null or table_name = $1 or table_name in (select name from dfa.catalog where current and kind = 'table' and shortname = $1))
  and (not $2 or state in ('refused', 'changed'))
order by noted_at desc
limit $3
