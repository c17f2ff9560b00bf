-- Log of table $5 by run date ($1 is no other) and id from ($2, $3) on, $4 rows; status $6, action $7, dates $8 to $9.
-- Index data_logging_table serves it.
select json_build_object(
           'id', id, 'table_name', table_name, 'data_date', data_date, 'run_date', run_date,
           'update_date', update_date, 'row_record', row_record, 'process_time', process_time,
           'action_type', action_type, 'status', status, 'process_id', process_id, 'message', message, 'by', logged_by
       )::text as row, run_date::text as sort_key, id::text as name
from dfa.data_logging
where table_name = $5 and dfa.key_covers($5) and $1::text is not null and run_date is not null
  and ($3::text is null or (run_date, id) {beyond} ($2::text::date, $3::bigint))
  and ($6::text is null or status = $6::smallint)
  and ($7::text is null or action_type = $7::dfa.action_type)
  and ($8::text is null or run_date >= $8::date)
  and ($9::text is null or run_date <= $9::date)
order by run_date {direction}, id {direction}
limit $4
