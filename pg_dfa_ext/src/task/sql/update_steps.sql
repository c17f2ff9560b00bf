-- Steps whose rows are there.
step as (
    update dfa.task_step as step
    set state = ended.state::dfa.step_state, rows = ended.rows, process_rows = ended.process_rows, audits = ended.audits,
        attempts = attempts + case when ended.state = 'BLOCKED' then 0 else 1 end,
        started_at = ended.finished_at - make_interval(secs => ended.seconds::float8), finished_at = ended.finished_at,
        process_time = ended.seconds, message = ended.message, error = ended.error, worker = pg_backend_pid(),
        retry_at = ended.finished_at + make_interval(secs => ended.retry_after)
    from ended
    where step.id = ended.id
),
