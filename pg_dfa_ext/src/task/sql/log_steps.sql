-- A step that did something to its table, or tried to, has a row in the table's log; one that was skipped, or not run, has
-- none. Whoever listens is told of all of them.
logged as (
    insert into dfa.data_logging
        (table_name, data_date, update_date, run_date, row_record, process_time, action_type, status, process_id, step_id,
         message, attempt_of)
    select node, (select data_date from dfa.data_pipeline where table_name = node), finished_at, run_date, rows, seconds,
           mode::dfa.action_type, case when state = 'SUCCESS' then 0 else 1 end, $1, id, message,
           (select earlier.id from dfa.data_logging as earlier
            where earlier.table_name = node and earlier.run_date = ended.run_date and earlier.status = 1
              and earlier.action_type = mode
            order by earlier.id desc limit 1)
    from ended
    where not is_left_out
    order by ended.id
),
told as (
    select pg_notify('dfa_event', json_build_object(
               'event', 'step', 'process_id', $1, 'step_id', id, 'node', node, 'run_date', run_date, 'state', state,
               'rows', rows, 'message', left(message, 1000), 'seconds', seconds, 'sqlstate', error ->> 'sqlstate')::text)
    from ended
    order by id
)
