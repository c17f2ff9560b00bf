-- Runs a pipeline or a table and commits after every node, so that others see the progress and a finished node stays.
create procedure dfa.run(
    name text,
    run_dates date[] default null,
    run_mode text default 'common',
    choose text[] default null,
    auto_create boolean default false,
    inout process_id text default null,
    inout status integer default null
)
language plpgsql as $$
declare
    step bigint;
begin
    process_id := dfa.begin_run(name, coalesce(run_dates, array[dfa.today()]), run_mode, choose, auto_create);
    loop
        step := dfa.claim_next_step(process_id);
        -- Others see which node is under way. Its loss in a crash loses nothing, so nobody waits for the disk.
        set local synchronous_commit to off;
        commit;
        exit when step is null;
        perform dfa.run_step(process_id, step);
        commit;
    end loop;
    status := dfa.finish_run(process_id);
end
$$;
