-- The control tables of DFA, in schema dfa (made by the extension's control file).
--
-- Sequences are named instead of implied by `identity`, so that they can be registered as
-- extension configuration: pg_dump then carries their position, too.

-- Whoever owns the schema may put anything beside and in place of what is made here: so it is the installer's or a
-- superuser's, and empty.
do $$
declare
    holder regrole := (select nspowner from pg_catalog.pg_namespace where nspname = 'dfa');
begin
    if holder <> current_user::regrole and not (select rolsuper from pg_catalog.pg_roles where oid = holder) then
        raise exception 'schema dfa belongs to role %', holder using errcode = '42501',
            hint = 'Drop it, or take it over: ALTER SCHEMA dfa OWNER TO ' || quote_ident(current_user) || ';';
    end if;
    if exists (select from pg_catalog.pg_proc where pronamespace = 'dfa'::regnamespace)
       or exists (select from pg_catalog.pg_class where relnamespace = 'dfa'::regnamespace)
       or exists (select from pg_catalog.pg_operator where oprnamespace = 'dfa'::regnamespace) then
        raise exception 'schema dfa is not empty' using errcode = '42710',
            hint = 'It belongs to the extension alone: move what is in it elsewhere, or drop it.';
    end if;
end
$$;

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

-- First of all, since it is a default: see the module `clock`.
create function dfa.today() returns date stable language c as 'MODULE_PATHNAME', 'today_wrapper';
create function dfa.time_zone() returns text stable strict language c as 'MODULE_PATHNAME', 'time_zone_wrapper';
comment on function dfa.today is
'Today by the clock of DFA: in the time zone dfa.timezone, or else that of the database, whatever that of the session is.';
grant execute on function dfa.today to dfa_reader;
comment on function dfa.time_zone is
'The time zone in which DFA runs: dfa.timezone, or else that of the database (ALTER DATABASE, ALTER ROLE ALL, the server''s), never that of the session.';
grant execute on function dfa.time_zone to dfa_reader;

create type dfa.definition_kind as enum ('function', 'table', 'view', 'query', 'pipeline');
create type dfa.step_state as enum ('WAITING', 'PROCESSING', 'SUCCESS', 'SKIPPED', 'FAILED', 'BLOCKED', 'CANCELLED');
create type dfa.interval_state as enum ('done', 'open', 'stale');

-- What people's statements write into the control views is text without a closed list: they insert `P`, `true` or any
-- pipeline_type and find it again. The engine knows the words that it writes itself, and dfa.is_active.
create domain dfa.system_type as text;
create domain dfa.table_type as text;
create domain dfa.parameter_type as text;
create domain dfa.tracking as text;
create domain dfa.action_type as text;
create domain dfa.flag as text;
-- An interval of another length has no meaning to the ledger. The name of the check is its message.
create domain dfa.run_type as text
    constraint "daily, weekly, monthly or yearly" check (value in ('daily', 'weekly', 'monthly', 'yearly'));

create function dfa.is_active(flag text) returns boolean
language sql immutable parallel safe
return lower(btrim(flag)) in ('y', 'yes', 'true', 't', '1');
comment on function dfa.is_active is
'Whether a flag of people''s says yes: Y, y, yes, true, t or 1';
grant execute on function dfa.is_active to dfa_reader;

-- 0 success, 1 failed, 2 waiting or processing.
create domain dfa.status as smallint check (value between 0 and 2);

create sequence dfa.catalog_id_seq;
create table dfa.catalog (
    id          bigint not null default nextval('dfa.catalog_id_seq') primary key,
    kind        dfa.definition_kind not null,
    name        text not null check (name <> ''),
    shortname   text not null,
    version     date not null default '1990-01-01',
    document    json not null,
    checksum    text not null,
    source      text not null,
    loaded_at   timestamptz not null default clock_timestamp(),
    loaded_by   text not null default session_user,
    current     boolean not null default true,
    set_up_at   timestamptz
);
create unique index catalog_current_key on dfa.catalog (kind, name) where current;
create index catalog_current_shortname on dfa.catalog (shortname) where current;
create index catalog_history on dfa.catalog (kind, name, version desc, id desc);

-- What load_catalog(strict => false) refused, and why: a node that names it says so.
create table dfa.refused_definition (
    kind        dfa.definition_kind not null,
    name        text not null,
    source      text not null,
    finding     text not null,
    refused_at  timestamptz not null default clock_timestamp(),
    refused_by  text not null default session_user,
    primary key (kind, name)
);

create table dfa.catalog_file (
    path        text primary key,
    content     json not null,
    loaded_at   timestamptz not null default clock_timestamp(),
    loaded_by   text not null default session_user
);

create table dfa.data_pipeline (
    system_type   dfa.system_type not null default 'undefined',
    table_name    text primary key check (table_name <> ''),
    table_type    dfa.table_type not null default 'undefined',
    data_date     date not null default dfa.today(),
    update_date   timestamptz not null default clock_timestamp(),
    run_date      date not null default dfa.today(),
    run_type      dfa.run_type not null default 'daily',
    run_count_now integer not null default 0 check (run_count_now >= 0),
    run_count_max integer not null default 0 check (run_count_max >= 0),
    rtt_value     integer not null default 0 check (rtt_value >= 0),
    rtt_column    text,
    active_flg    dfa.flag not null default 'Y',
    -- Ours, beside the columns that people know.
    landed        boolean not null default false,
    kept_from     date
);
create index data_pipeline_kept_from on dfa.data_pipeline (kept_from);

create table dfa.data_parameter (
    module_type     text not null default 'framework',
    parameter_name  text primary key check (parameter_name ~ '^[A-Za-z_][A-Za-z0-9_]*$'),
    parameter_type  dfa.parameter_type not null default 'str',
    parameter_value text not null default '',
    update_date     timestamptz not null default clock_timestamp(),
    active_flg      dfa.flag not null default 'Y',
    unique (module_type, parameter_name)
);

create table dfa.task_process (
    process_id         text primary key,
    process_type       text not null,
    process_name_put   text not null,
    process_name_get   text,
    run_date_put       text,
    run_date_get       text,
    update_date        timestamptz not null default clock_timestamp(),
    process_message    text,
    process_time       numeric(14, 3) not null default 0,
    process_number_put integer not null default 0,
    process_number_get integer not null default 0,
    process_module     text not null,
    status             dfa.status not null default 2,
    -- Ours, beside the columns that people know.
    process_by         text not null default session_user,
    run_as             text not null default current_user,
    run_mode           text not null default 'common',
    parameters         json,
    priority           numeric not null default 99,
    created_at         timestamptz not null default clock_timestamp(),
    finished_at        timestamptz,
    cancelled_at       timestamptz,
    parent             text,
    application_name   text default current_setting('application_name'),
    backend_pid        integer default pg_backend_pid()
);
create index task_process_open on dfa.task_process (priority, process_id) where status = 2;
create index task_process_recent on dfa.task_process (created_at desc);
create index task_process_name on dfa.task_process (process_name_put, created_at desc, process_id desc);
create index task_process_finished on dfa.task_process (finished_at desc);
create index task_process_failed on dfa.task_process (created_at desc, process_id desc) where status = 1;
create index task_process_parent on dfa.task_process (parent, created_at desc) where parent is not null;

create sequence dfa.task_number_seq;
-- The id of a task is the time to the microsecond and six digits of a counter.
create function dfa.new_process_id() returns text language sql volatile parallel unsafe
return to_char(clock_timestamp(), 'YYYYMMDDHH24MISSUS') || lpad((nextval('dfa.task_number_seq') % 1000000)::text, 6, '0');
comment on function dfa.new_process_id is
'A new id for a task: the time to the microsecond and six digits of a counter';
grant execute on function dfa.new_process_id to dfa_operator;
create sequence dfa.task_step_id_seq;
create table dfa.task_step (
    id            bigint not null default nextval('dfa.task_step_id_seq') primary key,
    process_id    text not null references dfa.task_process on delete cascade,
    step_order    integer not null,
    pipeline_name text,
    node          text not null,
    run_date      date not null,
    choose        text[] not null default '{}',
    waits_for     bigint[] not null default '{}',
    awaited_by    bigint[] not null default '{}',
    is_ready      boolean not null default true,
    by_front      boolean not null default false,
    state         dfa.step_state not null default 'WAITING',
    attempts      integer not null default 0,
    crashes       integer not null default 0,
    retry_at      timestamptz,
    rows          bigint,
    process_rows  json,
    audits        json,
    started_at    timestamptz,
    finished_at   timestamptz,
    process_time  numeric(14, 3),
    message       text,
    error         json,
    worker        integer,
    unique (process_id, step_order)
) with (fillfactor = 70); -- room for the version that says that a step began
create index task_step_node on dfa.task_step (node, run_date desc);
create index task_step_open on dfa.task_step (process_id, step_order) where state in ('WAITING', 'PROCESSING');
create index task_step_ready on dfa.task_step (process_id, step_order)
    where state = 'PROCESSING' or state = 'WAITING' and is_ready;
create index task_step_failed on dfa.task_step (process_id, run_date) where state in ('FAILED', 'BLOCKED');
create index task_step_sqlstate on dfa.task_step ((error ->> 'sqlstate')) where error is not null;
create index task_step_published on dfa.task_step (node, finished_at desc) where state in ('SUCCESS', 'SKIPPED');
create index task_step_under_way on dfa.task_step (node) where state = 'PROCESSING';

-- What a DataFrame function says of each id. Not a key: an id may be a text of any length.
create table dfa.dataframe_note (
    step_id    bigint not null references dfa.task_step on delete cascade,
    process    text not null,
    id         text not null,
    model      text,
    errors     json,
    reason     text
);
create index dataframe_note_step on dfa.dataframe_note (step_id);

create sequence dfa.data_logging_id_seq;
create table dfa.data_logging (
    table_name   text not null,
    data_date    date,
    update_date  timestamptz not null default clock_timestamp(),
    run_date     date,
    row_record   bigint,
    process_time numeric(14, 3),
    action_type  dfa.action_type not null default 'common',
    status       dfa.status not null default 2,
    -- Ours, beside the columns that people know.
    id           bigint not null default nextval('dfa.data_logging_id_seq') primary key,
    process_id   text,
    step_id      bigint,
    attempt_of   bigint,
    message      text,
    logged_by    text not null default session_user
);
create index data_logging_table on dfa.data_logging (table_name, run_date desc, id desc);
-- The attempt that a run comes after.
create index data_logging_failed on dfa.data_logging (table_name, run_date, id desc) where status = 1;
create index data_logging_recent_failed on dfa.data_logging (update_date desc, id desc) where status = 1;
create index data_logging_recent on dfa.data_logging (update_date desc);

create table dfa.task_schedule (
    pipeline_id   text primary key,
    pipeline_name text not null unique,
    pipeline_type text not null default 'pipeline',
    tracking      dfa.tracking not null default 'SUCCESS',
    update_date   timestamptz not null default clock_timestamp(),
    active_flg    dfa.flag not null default 'Y',
    -- Ours, beside the columns that people know.
    kind          text not null default 'source' check (kind in ('pipeline', 'source', 'retired')),
    process_id    text,
    started_at    timestamptz,
    ended_at      timestamptz,
    next_slot     timestamptz,
    kept_slot     timestamptz,
    run_date      date,
    failures      integer not null default 0,
    retry_at      timestamptz
);
create index task_schedule_next on dfa.task_schedule (next_slot);
create index task_schedule_updated on dfa.task_schedule (update_date) where tracking = 'SUCCESS';

create table dfa.schedule_trigger (
    pipeline_id text not null,
    trigger_id  text not null,
    primary key (pipeline_id, trigger_id)
);
create index schedule_trigger_of on dfa.schedule_trigger (trigger_id);

create table dfa.schedule_slot (
    pipeline_id text not null,
    slot        timestamptz not null,
    process_id  text,
    deadline_at timestamptz,
    late_at     timestamptz,
    primary key (pipeline_id, slot)
);
create index schedule_slot_slot on dfa.schedule_slot (slot);
create index schedule_slot_deadline on dfa.schedule_slot (deadline_at) where late_at is null;

-- What the scheduler does by itself, and when next.
create table dfa.upkeep (
    name       text primary key check (name in ('retention', 'partitions')),
    schedule   text not null,
    next_at    timestamptz,
    process_id text
);

create table dfa.data_interval (
    table_name     text not null,
    interval_start date not null,
    run_type       dfa.run_type not null,
    state          dfa.interval_state not null,
    step_id        bigint,
    reason         text,
    updated_at     timestamptz not null default clock_timestamp(),
    primary key (table_name, interval_start)
);
create index data_interval_stale on dfa.data_interval (table_name, interval_start) where state = 'stale';
create index data_interval_open on dfa.data_interval (table_name, interval_start) where state = 'open';

-- The unit of time that a run type counts in, as functions that become part of the statements that call them.
create function dfa.unit_name(run_type text) returns text language sql immutable parallel safe return
    case run_type when 'daily' then 'day' when 'weekly' then 'week' when 'monthly' then 'month' else 'year' end;
comment on function dfa.unit_name is 'The unit of time that a run_type counts in: day, week, month or year; its intervals begin where date_trunc of it does';
grant execute on function dfa.unit_name to dfa_reader;

create function dfa.unit_length(run_type text) returns interval language sql immutable parallel safe return
    case run_type when 'daily' then interval '1 day' when 'weekly' then interval '1 week'
                  when 'monthly' then interval '1 month' else interval '1 year' end;
comment on function dfa.unit_length is 'How long an interval of a run_type is: from its beginning to that of the next';
grant execute on function dfa.unit_length to dfa_reader;

create view dfa.run_unit (run_type, name, length) as
select run_type, dfa.unit_name(run_type), dfa.unit_length(run_type)
from unnest(array['daily', 'weekly', 'monthly', 'yearly']) as run_type;

create table dfa.data_schema (
    only_one boolean primary key default true check (only_one),
    name     text not null check (name <> ''),
    set_at   timestamptz not null default clock_timestamp()
);

create table dfa.table_backup (
    table_name    text not null,
    backup_schema text not null,
    backup_table  text not null,
    content       text not null check (content in ('table', 'rows')),
    cut           date,
    backup_rows   bigint not null default 0,
    made_at       timestamptz not null default clock_timestamp(),
    made_by       text not null default session_user,
    primary key (table_name, backup_schema, backup_table, made_by)
);

create sequence dfa.rejected_row_id_seq;
create table dfa.rejected_row (
    id          bigint not null default nextval('dfa.rejected_row_id_seq') primary key,
    process_id  text not null,
    table_name  text not null,
    position    bigint not null,
    column_name text,
    reason      text not null,
    row         json,
    rejected_at timestamptz not null default clock_timestamp(),
    chunk       integer
);
create index rejected_row_table on dfa.rejected_row (table_name, id desc);
create index rejected_row_task on dfa.rejected_row (process_id);
create index rejected_row_rejected on dfa.rejected_row (rejected_at);

create table dfa.ingest_receipt (
    idempotency_key text primary key check (idempotency_key <> ''),
    request         text not null,
    process_id      text not null,
    answer          json,
    created_at      timestamptz not null default clock_timestamp(),
    created_by      text not null default session_user
);
create index ingest_receipt_created on dfa.ingest_receipt (created_at);

create table dfa.ingest_chunk (
    process_id   text not null references dfa.task_process on delete cascade,
    chunk        integer not null,
    checksum     text not null,
    success_rows bigint not null,
    failed_rows  bigint not null,
    notes        text[] not null default '{}',
    taken_at     timestamptz not null default clock_timestamp(),
    objects        bigint not null default 0,
    objects_before bigint not null default 0,
    first_day      date,
    last_day       date,
    primary key (process_id, chunk)
);

create table dfa.ingest_payload (
    process_id text not null references dfa.task_process on delete cascade,
    chunk      integer not null,
    payload    json not null,
    primary key (process_id, chunk)
);

-- pg_dump carries the rows of these tables; the rest of the extension comes from CREATE EXTENSION.
-- One statement each: two calls in one statement would update the same catalog row twice.
do $$
declare
    configuration regclass;
begin
    for configuration in
        select oid::regclass from pg_class where relnamespace = 'dfa'::regnamespace and relkind in ('r', 'S')
    loop
        perform pg_extension_config_dump(configuration, '');
    end loop;
end
$$;
