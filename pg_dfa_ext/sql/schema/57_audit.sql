-- Who did what: by which way, when, in whose name, and what it was before. Tasks say it of themselves; changes of control tables
-- are written down by triggers, which see those by plain SQL, too.

create function dfa.person() returns text stable parallel safe language sql
return coalesce(nullif(current_setting('dfa.person', true), ''), 'key:' || nullif(current_setting('dfa.key', true), ''));
comment on function dfa.person is
'In whose name this session says to work: dfa.person, which a service sets for each request, or the key of the request. Null: in that of its role alone.';
grant execute on function dfa.person to dfa_reader;

create function dfa.way() returns text stable parallel safe language sql
return coalesce(nullif(current_setting('dfa.way', true), ''), 'sql');
comment on function dfa.way is
'By which way this session came, as it says by dfa.way: web, rest, cli, scheduler, trigger; sql where it says nothing.';
grant execute on function dfa.way to dfa_reader;

alter table dfa.task_process add column person text default dfa.person(), add column way text default dfa.way();
comment on column dfa.task_process.person is 'In whose name it was begun, as the program said; process_by is the role, whatever it said';
comment on column dfa.task_process.way is 'web, rest, cli, sql, scheduler or trigger';
create index task_process_person on dfa.task_process (coalesce(person, process_by), created_at desc);

create sequence dfa.audit_entry_id_seq;
create table dfa.audit_entry (
    id         bigint not null default nextval('dfa.audit_entry_id_seq'),
    at         timestamptz not null default clock_timestamp(),
    person     text default dfa.person(),
    way        text not null default dfa.way(),
    role       text not null default dfa.session_role(),
    kind       text not null,
    name       text not null,
    action     text not null,
    before     jsonb,
    after      jsonb,
    reason     text default nullif(current_setting('dfa.reason', true), ''),
    process_id text
);
create index audit_entry_at on dfa.audit_entry (at desc, id desc);
create index audit_entry_name on dfa.audit_entry (name, at desc);
select pg_catalog.pg_extension_config_dump('dfa.audit_entry', '');
select pg_catalog.pg_extension_config_dump('dfa.audit_entry_id_seq', '');
comment on table dfa.audit_entry is 'Changes of control tables, by whatever way; dfa.audit shows them together with tasks';
comment on column dfa.audit_entry.id is 'In the order in which they were written';
comment on column dfa.audit_entry.at is 'When';
comment on column dfa.audit_entry.person is 'In whose name, as the program said';
comment on column dfa.audit_entry.way is 'web, rest, cli, sql, scheduler or trigger';
comment on column dfa.audit_entry.role is 'Role of the session, whatever the program said';
comment on column dfa.audit_entry.kind is 'What was changed: table, pipeline, view, function, query, file, parameter, watermark, schedule, pause, note, user, key, channel, rule, schema, task';
comment on column dfa.audit_entry.name is 'Its name';
comment on column dfa.audit_entry.action is 'insert, update or delete; cancel and resume of a task';
comment on column dfa.audit_entry.before is 'The row as it was, without what is secret';
comment on column dfa.audit_entry.after is 'The row as it is, without what is secret';
comment on column dfa.audit_entry.reason is 'dfa.reason of the session, or the reason of a pause';
comment on column dfa.audit_entry.process_id is 'The task that it is about';

-- Rights keep others from it; this the owner, who would otherwise change it by a slip.
create function dfa.keep_audit() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if not dfa.is_own_code() then
        raise exception using errcode = '42501', message = 'the audit is only added to',
            hint = 'Entries older than dfa.log_retention go by themselves.';
    end if;
    return null;
end
$$;
comment on function dfa.keep_audit is
'Trigger: nobody changes or deletes entries of the audit, but its trimming.';
create trigger kept before update or delete or truncate on dfa.audit_entry
    for each statement execute function dfa.keep_audit();

-- Arguments: the kind, or = and the column that says it; the column of the name; columns that are not kept, by commas.
create function dfa.note_change() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    hidden constant text[] := string_to_array(tg_argv[2], ',');
    old_row jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) - hidden end;
    new_row jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) - hidden end;
    either constant jsonb := coalesce(new_row, old_row);
    said constant text := case when tg_op = 'DELETE' then null else new_row ->> 'reason' end;
    done text := lower(tg_op);
begin
    -- A restore of pg_dump, which brings the audit with it.
    if current_setting('row_security') = 'off' and (select rolsuper from pg_roles where rolname = dfa.session_role()) then
        return null;
    end if;
    if tg_table_name = 'task_process' and tg_op = 'UPDATE' then
        done := case when new_row -> 'cancelled_at' <> 'null' and old_row -> 'cancelled_at' = 'null' then 'cancel'
                     when new_row ->> 'status' = '2' and old_row ->> 'status' = '1' then 'resume' else 'update' end;
    end if;
    -- Of a change what has changed.
    if tg_op = 'UPDATE' then
        select jsonb_object_agg(key, old_row -> key), jsonb_object_agg(key, new_row -> key)
        into old_row, new_row
        from jsonb_object_keys(either) as key
        where old_row -> key is distinct from new_row -> key;
        if new_row is null then
            return null;
        end if;
    end if;
    insert into dfa.audit_entry (kind, name, action, before, after, reason, process_id)
    values (case when tg_argv[0] like '=%' then either ->> substr(tg_argv[0], 2) else tg_argv[0] end,
            either ->> tg_argv[1], done, old_row, new_row,
            coalesce(said, nullif(current_setting('dfa.reason', true), '')), either ->> 'process_id');
    return null;
end
$$;
comment on function dfa.note_change is
'Trigger: writes a change of a control table into dfa.audit_entry.';

create trigger audit after insert or update or delete on dfa.catalog
    for each row execute function dfa.note_change('=kind', 'name', 'document,set_up_at');
create trigger audit after insert or update or delete on dfa.catalog_file
    for each row execute function dfa.note_change('file', 'path', 'content');
create trigger audit after insert or update or delete on dfa.data_parameter
    for each row execute function dfa.note_change('parameter', 'parameter_name', 'update_date');
create trigger audit after insert or update or delete on dfa.paused
    for each row execute function dfa.note_change('pause', 'name', '');
create trigger audit after insert or update or delete on dfa.user_account
    for each row execute function dfa.note_change('user', 'user_name', 'password_hash');
create trigger audit after insert or update or delete on dfa.api_key_secret
    for each row execute function dfa.note_change('key', 'key_name', 'key_hash,last_used_at');
create trigger audit after insert or update or delete on dfa.data_schema
    for each row execute function dfa.note_change('schema', 'name', '');
-- What runs, loads and the scheduler do there is in their own logs.
create trigger audit_insert after insert or delete on dfa.data_pipeline
    for each row when (not dfa.is_own_code()) execute function dfa.note_change('watermark', 'table_name', 'update_date');
create trigger audit_update after update on dfa.data_pipeline
    for each row when (not dfa.is_own_code()) execute function dfa.note_change('watermark', 'table_name', 'update_date');
create trigger audit_insert after insert or delete on dfa.task_schedule
    for each row when (not dfa.is_own_code()) execute function dfa.note_change('schedule', 'pipeline_name', 'update_date');
create trigger audit_update after update on dfa.task_schedule
    for each row when (not dfa.is_own_code()) execute function dfa.note_change('schedule', 'pipeline_name', 'update_date');
create trigger audit_update after update on dfa.task_process
    for each row when (old.cancelled_at is null and new.cancelled_at is not null or old.status = 1 and new.status = 2
                       or not dfa.is_own_code())
    execute function dfa.note_change('task', 'process_name_put', 'update_date,process_time,process_number_get,backend_pid');
create trigger audit_delete after delete on dfa.task_process
    for each row when (not dfa.is_own_code()) execute function dfa.note_change('task', 'process_name_put', 'update_date');

create view dfa.audit as
select at, lpad(id::text, 20, '0') as id, coalesce(person, role) as person, way, role, kind, name, action, before, after, reason, process_id
from dfa.audit_entry
union all
select created_at, process_id, coalesce(person, process_by), coalesce(way, 'sql'), process_by, split_part(process_type, '|', 2), process_name_put,
       case split_part(process_module, '|', 2) when 'data' then 'run' when 'ingestion' then 'ingest' else split_part(process_module, '|', 2) end,
       null, jsonb_strip_nulls(jsonb_build_object('run_date', run_date_put, 'run_mode', run_mode, 'parameters', parameters)),
       parameters ->> 'started_by', process_id
from dfa.task_process;
comment on view dfa.audit is 'Who did what, when and by which way: every task, and every change of what decides about tasks';
comment on column dfa.audit.at is 'When';
comment on column dfa.audit.id is 'With at, the order';
comment on column dfa.audit.person is 'In whose name, as the program said; else the role';
comment on column dfa.audit.way is 'web, rest, cli, sql, scheduler or trigger';
comment on column dfa.audit.role is 'Role of the session, whatever the program said';
comment on column dfa.audit.kind is 'What it was done to: table, pipeline, parameter, watermark, schedule, pause, user, key, task and so on; all: everything';
comment on column dfa.audit.name is 'Its name';
comment on column dfa.audit.action is 'run, setup, retention, ingest, delete, migrate, upkeep; insert, update, delete of a row; cancel, resume';
comment on column dfa.audit.before is 'Of a change: what it was, without what is secret';
comment on column dfa.audit.after is 'Of a change: what it became; of a task what was asked for';
comment on column dfa.audit.reason is 'Why, as far as somebody said';
comment on column dfa.audit.process_id is 'The task';

create function dfa.history(kind text default null, name text default null)
returns setof dfa.audit stable language sql
begin atomic
    select audit.* from dfa.audit
    where (history.kind is null or audit.kind = history.kind) and (history.name is null or audit.name = history.name)
    order by audit.at desc, audit.id desc;
end;
comment on function dfa.history is
'What was done to an object, the newest first: of a kind (table, pipeline, parameter, watermark, schedule, pause, user, task …), with a name, or both.';
grant execute on function dfa.history to dfa_reader;
