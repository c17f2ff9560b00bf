-- Takes step $1 for a front service, if it is still to be had. The time of the claim is what it is known by: behind a
-- pooler the next transaction may run in another server process.
update dfa.task_step as step
set crashes = crashes + case when state = 'PROCESSING' then 1 else 0 end,
    state = 'PROCESSING', worker = pg_backend_pid(), started_at = clock_timestamp()
where step.id = $1 and step.id in (select id from dfa.ready_dataframe_step)
returning step.id, step.process_id, step.started_at, step.node
