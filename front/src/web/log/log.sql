-- The log. Index data_logging_recent serves the newest, data_logging_recent_failed what failed, data_logging_table one table. Of a message nobody reads more in a list.
select id, table_name, run_date, action_type::text as action, row_record as rows, process_time::double precision as seconds,
       update_date, process_id, logged_by as by, left(message, 2000) as message,
       case status when 0 then 'SUCCESS' when 1 then 'FAILED' else 'PROCESSING' end as state
from dfa.data_logging
where true{where}
