-- What each role may do with tables; what it may call stands beside each function.
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
-- Hashes of passwords and keys, and who is signed in where, are for admins alone.
revoke all on dfa.user_account, dfa.api_key_secret, dfa.web_session, dfa.password_link from dfa_reader;
-- The address of a channel may be a secret: who has it may write there.
revoke all on dfa.notify_channel from dfa_reader;
grant select on dfa.notify_channel to dfa_operator;
grant insert, update on dfa.incident, dfa.delivery to dfa_operator;
grant insert, update on dfa.incident_watch to dfa_operator;
grant usage on sequence dfa.incident_id_seq, dfa.delivery_id_seq to dfa_operator;

-- A run moves a watermark's dates and count. Its rtt_column is SQL text, which none but an admin may write.
grant update (data_date, update_date, run_date, run_count_now, landed, kept_from) on dfa.data_pipeline to dfa_operator;
grant insert, update on dfa.task_step, dfa.data_interval to dfa_operator;
grant insert on dfa.data_logging to dfa_operator;
grant insert on dfa.task_process to dfa_operator;
-- All but process_by and run_as: whose rights a task has is settled when it is written.
grant update (process_type, process_name_get, run_date_get, update_date, process_message, process_time,
              process_number_put, process_number_get, status, priority, finished_at, cancelled_at, backend_pid)
    on dfa.task_process to dfa_operator;
grant update (tracking, update_date, process_id, started_at, ended_at, next_slot, kept_slot, run_date, failures, retry_at)
    on dfa.task_schedule to dfa_operator;
grant insert, update on dfa.schedule_slot, dfa.upkeep to dfa_operator;
grant usage on sequence dfa.task_number_seq, dfa.task_step_id_seq, dfa.data_logging_id_seq to dfa_operator;

grant insert on dfa.dataframe_note to dfa_operator;

grant insert, delete on dfa.ingest_payload to dfa_operator;
grant insert, update on dfa.table_backup, dfa.ingest_receipt, dfa.ingest_chunk to dfa_operator;
grant insert, update (position) on dfa.rejected_row to dfa_operator;
grant usage on sequence dfa.rejected_row_id_seq to dfa_operator;
grant insert, update, delete on dfa.idempotent_request to dfa_operator;

grant select, insert, update, delete on all tables in schema dfa to dfa_admin;
revoke update on dfa.task_process from dfa_admin; -- what an operator may, and no more
-- The audit is written by the triggers of whoever changes something, and read; nobody changes it.
revoke insert, update, delete on dfa.audit_entry from dfa_admin;
grant insert on dfa.audit_entry to dfa_operator;
grant usage on sequence dfa.audit_entry_id_seq to dfa_operator;
grant usage, select, update on all sequences in schema dfa to dfa_admin;

-- In code that runs in another's name, session_user is whoever happens to have called: a task belongs to the role that
-- wrote it.
alter table dfa.task_process alter column process_by set default dfa.session_role();
alter table dfa.table_backup alter column made_by set default dfa.session_role();

-- A worker runs a task with the rights of the role that wrote it down. So nobody writes one, or steps of one, for another;
-- an admin may cancel and resume those of others, with the rights that they have.
alter table dfa.task_process enable row level security;
alter table dfa.task_step enable row level security;
create policy seen_by_all on dfa.task_process for select using (true);
create policy written_for_oneself on dfa.task_process for insert
    with check (process_by = (select dfa.session_role()) and run_as = current_user);
create policy changed_by_its_owner on dfa.task_process for update
    using (process_by = (select dfa.session_role()) or pg_has_role('dfa_admin', 'member'));
create policy deleted_by_admins on dfa.task_process for delete using (pg_has_role('dfa_admin', 'member'));
create policy seen_by_all on dfa.task_step for select using (true);
create policy written_for_oneself on dfa.task_step for insert
    with check (exists (select from dfa.task_process as task
                        where task.process_id = task_step.process_id and task.process_by = (select dfa.session_role())));
create policy changed_by_its_owner on dfa.task_step for update
    using (exists (select from dfa.task_process as task
                   where task.process_id = task_step.process_id
                     and (task.process_by = (select dfa.session_role()) or pg_has_role('dfa_admin', 'member'))));
create policy deleted_by_admins on dfa.task_step for delete using (pg_has_role('dfa_admin', 'member'));
alter table dfa.ingest_payload enable row level security;
create policy seen_by_all on dfa.ingest_payload for select using (true);
create policy written_for_oneself on dfa.ingest_payload for insert
    with check (exists (select from dfa.task_process as task
                        where task.process_id = ingest_payload.process_id and task.process_by = (select dfa.session_role())));
create policy deleted_by_its_owner on dfa.ingest_payload for delete
    using (exists (select from dfa.task_process as task
                   where task.process_id = ingest_payload.process_id
                     and (task.process_by = (select dfa.session_role()) or pg_has_role('dfa_admin', 'member'))));
-- What a later call trusts names who wrote it, and that role alone changes it: where backups are, what was answered to a key.
alter table dfa.table_backup enable row level security;
create policy seen_by_all on dfa.table_backup for select using (true);
create policy written_for_oneself on dfa.table_backup for insert with check (made_by = (select dfa.session_role()));
create policy changed_by_its_maker on dfa.table_backup for update
    using (made_by = (select dfa.session_role()) or pg_has_role('dfa_admin', 'member'));
create policy deleted_by_admins on dfa.table_backup for delete using (pg_has_role('dfa_admin', 'member'));
alter table dfa.ingest_receipt alter column created_by set default dfa.session_role();
alter table dfa.ingest_receipt enable row level security;
create policy seen_by_all on dfa.ingest_receipt for select using (true);
create policy written_for_oneself on dfa.ingest_receipt for insert with check (created_by = (select dfa.session_role()));
create policy changed_by_its_maker on dfa.ingest_receipt for update
    using (created_by = (select dfa.session_role()) or pg_has_role('dfa_admin', 'member'));
create policy deleted_by_admins on dfa.ingest_receipt for delete using (pg_has_role('dfa_admin', 'member'));
alter table dfa.idempotent_request alter column made_by set default dfa.session_role();
alter table dfa.idempotent_request enable row level security;
create policy seen_by_all on dfa.idempotent_request for select using (true);
create policy written_for_oneself on dfa.idempotent_request for insert with check (made_by = (select dfa.session_role()));
create policy changed_by_its_maker on dfa.idempotent_request for update using (made_by = (select dfa.session_role()));
create policy deleted_by_its_maker on dfa.idempotent_request for delete using (made_by = (select dfa.session_role()));
alter table dfa.ingest_chunk enable row level security;
create policy seen_by_all on dfa.ingest_chunk for select using (true);
create policy written_for_oneself on dfa.ingest_chunk for all
    using (exists (select from dfa.task_process as task
                   where task.process_id = ingest_chunk.process_id
                     and (task.process_by = (select dfa.session_role()) or pg_has_role('dfa_admin', 'member'))));
alter table dfa.rejected_row enable row level security;
create policy seen_by_all on dfa.rejected_row for select using (true);
create policy written_for_oneself on dfa.rejected_row for all
    using (pg_has_role('dfa_admin', 'member')
           or exists (select from dfa.task_process as task
                      where task.process_id = rejected_row.process_id and task.process_by = (select dfa.session_role())));
alter table dfa.audit_entry enable row level security;
create policy seen_by_all on dfa.audit_entry for select using (true);
create policy written_in_ones_own_name on dfa.audit_entry for insert with check (role = (select dfa.session_role()));
