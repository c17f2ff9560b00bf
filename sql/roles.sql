-- Three roles, shared by all databases of the server; a member of one gets what it may do and nothing else.
-- Functions run with the rights of their caller, so a run needs rights on the data tables as well: setup grants them.
do $$
declare
    wanted text;
begin
    foreach wanted in array array['dfa_reader', 'dfa_operator', 'dfa_admin'] loop
        begin
            execute format('create role %I nologin', wanted);
        exception when duplicate_object or unique_violation then
            null; -- another database of this server has the extension, too
        end;
    end loop;
end
$$;
grant dfa_reader to dfa_operator;
grant dfa_operator to dfa_admin;
comment on role dfa_reader is 'DFA: sees catalogs, watermarks, logs and data';
comment on role dfa_operator is 'DFA: runs tables and pipelines';
comment on role dfa_admin is 'DFA: loads catalogs, sets up, changes parameters and watermarks';

revoke all on schema dfa from public;
revoke all on all tables in schema dfa from public;
revoke all on all routines in schema dfa from public;
do $$
declare
    own regtype;
begin
    for own in
        select oid::regtype from pg_type where typnamespace = 'dfa'::regnamespace and typtype in ('e', 'd')
    loop
        execute format('revoke all on type %s from public', own);
        execute format('grant usage on type %s to dfa_reader', own);
    end loop;
end
$$;

grant usage on schema dfa to dfa_reader;
grant select on all tables in schema dfa to dfa_reader;
grant select on all sequences in schema dfa to dfa_reader;
grant execute on function
    dfa.validate_catalog, dfa.lineage, dfa.dependency, dfa.gaps, dfa.render, dfa.run_query
    to dfa_reader;

-- A run moves a watermark's dates and count. Its rtt_column is SQL text, which none but an admin may write.
grant update (data_date, update_date, run_date, run_count_now) on dfa.data_pipeline to dfa_operator;
grant insert, update on dfa.task_process, dfa.task_step, dfa.data_logging, dfa.data_interval to dfa_operator;
grant update (tracking, update_date) on dfa.task_schedule to dfa_operator;
grant usage on sequence dfa.task_number_seq, dfa.task_step_id_seq, dfa.data_logging_id_seq to dfa_operator;
grant execute on function
    dfa.explain, dfa.run_table, dfa.run_pipeline, dfa.begin_run, dfa.run_next_step, dfa.finish_run, dfa.mark_stale
    to dfa_operator;
grant execute on procedure dfa.run to dfa_operator;

grant select, insert, update, delete on all tables in schema dfa to dfa_admin;
grant usage, select, update on all sequences in schema dfa to dfa_admin;
grant execute on all routines in schema dfa to dfa_admin;
