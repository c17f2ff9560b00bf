-- The tables, views and functions of names $1 (null: all) are not set up any more. Control tables whose rows are still there are.
update dfa.catalog
set set_up_at = null
where set_up_at is not null and ($1::text[] is null or name = any($1))
  and (kind <> 'table' or name not in ('ctr_data_parameter', 'ctr_data_logging', 'ctr_task_process', 'ctr_task_schedule'))
