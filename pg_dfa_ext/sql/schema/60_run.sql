-- Runs a pipeline or a table and commits after every node, so that others see the progress and a finished node stays.
create procedure dfa.run(
    name text,
    run_dates date[] default null,
    run_mode text default 'common',
    choose text[] default null,
    auto_create boolean default false,
    inout process_id text default null,
    inout status integer default null,
    -- Of the first node that failed.
    inout message text default null,
    inout sqlstate text default null,
    inout detail text default null,
    inout hint text default null,
    inout process text default null,
    inout statement text default null,
    inout line integer default null,
    if_preview text default null
)
language plpgsql as $$
declare
    step bigint;
begin
    process_id := dfa.begin_run(name, coalesce(run_dates, array[dfa.today()]), run_mode, choose, auto_create, if_preview);
    loop
        step := dfa.claim_next_step(process_id);
        -- Others see which node is under way. Its loss in a crash loses nothing, so nobody waits for the disk.
        set local synchronous_commit to off;
        commit;
        -- A node waits for the writers of its sources and looks then, whatever the database begins transactions with.
        set transaction isolation level read committed, read write;
        exit when step is null;
        perform dfa.run_step(process_id, step);
        commit;
        -- A node with DataFrame functions is with a front service.
        set transaction isolation level read committed, read write;
        while dfa.is_at_front(process_id, step) loop
            commit;
            set transaction isolation level read committed, read write;
        end loop;
        commit;
        set transaction isolation level read committed, read write;
    end loop;
    status := dfa.finish_run(process_id);
    select failed.message, failed.sqlstate, failed.detail, failed.hint, failed.process, failed.statement, failed.line
    into message, sqlstate, detail, hint, process, statement, line
    from dfa.task_failure(process_id) as failed;
end
$$;

comment on procedure dfa.run is
'Runs a pipeline or table for one or more run dates (default today) and commits after every node, so that finished nodes stay and others see the progress. Gives process_id (the row of dfa.task_process), status (0 success, 1 failed) and, of the first node that failed, message, sqlstate, detail, hint, process, statement and line. if_preview: a token of dfa.preview_token; refused (DF015) when there is something else to do by now.';
grant execute on procedure dfa.run to dfa_operator;
