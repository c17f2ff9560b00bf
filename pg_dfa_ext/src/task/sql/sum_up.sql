-- Sums up every step of task $1, if it is not done, in its row: a failure names its node, and process. Whoever listens is told.
summed as (
    select run_date,
           bool_or(state in ('FAILED', 'BLOCKED', 'CANCELLED')) as failed,
           bool_or(state in ('WAITING', 'PROCESSING')) as unfinished,
           count(*) filter (where state in ('SUCCESS', 'SKIPPED')) as done,
           format(E'[ run_date: %s ]\n%s', run_date, string_agg(case when state = 'FAILED' and position(quote_literal(node) in message) = 0
                                        then format('%s (node %L%s)', message, node, ', process ' || quote_literal(error ->> 'process'))
                                        else message end, E'\n' order by step_order)) as message
    from every_step
    group by run_date
),
task as (
    select case when bool_or(unfinished) then 2 when bool_or(failed) then 1 else 0 end as status,
           coalesce(sum(done), 0) as done,
           coalesce(string_agg(message, E'\n' order by run_date), 'Warning: there was nothing to run') as message,
           string_agg(run_date::text, ',' order by run_date) filter (where not failed and not unfinished) as dates
    from summed
),
finished as (
    update dfa.task_process as known
    set status = task.status,
        process_message = case when known.cancelled_at is null then task.message
                               else concat_ws(E'\n', 'Cancelled', task.message) end,
        process_number_get = task.done,
        run_date_get = task.dates, update_date = clock_timestamp(), finished_at = clock_timestamp(),
        process_time = extract(epoch from clock_timestamp() - known.created_at)
    from task
    where known.process_id = $1 and known.status = 2
    returning known.process_name_put, known.status::int
),
told_of_task as (
    select pg_notify('dfa_event', json_build_object(
               'event', 'task', 'process_id', $1, 'name', process_name_put,
               'state', case status when 0 then 'SUCCESS' when 1 then 'FAILED' else 'PROCESSING' end)::text)
    from finished
)
