-- ALTER EXTENSION dfa UPDATE, from 0.1.0 to 0.2.0. Written by `make upgrade-script`: change pg_dfa_ext/sql/upgrade/0.1.0--0.2.0.sql
-- and the schema, not this file.

-- Waits for steps under way, and lets none begin. In the order in which workers lock them when they look for work.
lock table dfa.task_process, dfa.task_step in access exclusive mode;
-- Workers of before have the library of before. None is at a step now; what they would do next is there for others.
select pg_terminate_backend(pid) from pg_stat_activity
where backend_type = 'dfa worker' and datname = current_database();

-- What stands in the way.
drop policy deleted_by_its_owner on dfa.ingest_payload;
drop policy written_for_oneself on dfa.ingest_payload;
drop policy changed_by_its_owner on dfa.task_step;
drop policy written_for_oneself on dfa.task_step;
drop policy changed_by_its_owner on dfa.task_process;
drop policy written_for_oneself on dfa.task_process;
drop function dfa.submit(text,text,date[],text,json);
drop function dfa.setup(text,text,date,text,text,text,text,text);
drop function dfa.run_table(text,date,text,text[],boolean,boolean);
drop procedure dfa.run(text,date[],text,text[],boolean,text,integer);
drop function dfa.run_retention(text,date,text,text);
drop function dfa.run_pipeline(text,date,text,text[],boolean,boolean);
drop function dfa.notify_source(text);
drop function dfa.load_catalog(text,text);
drop function dfa.begin_run(text,date[],text,text[],boolean);
drop function dfa.backfill(text,date,date,text,text[],boolean,boolean,double precision);
alter table dfa.idempotent_request drop constraint idempotent_request_pkey;
alter table dfa.table_backup drop constraint table_backup_pkey;
alter table dfa.task_schedule drop constraint task_schedule_pipeline_type_check;
alter domain dfa.flag drop constraint "Y or N";
alter domain dfa.action_type drop constraint "common, rerun, initial, retention, backup, ingestion or migrate";
alter domain dfa.tracking drop constraint "PROCESSING, SUCCESS or FAILED";
alter domain dfa.parameter_type drop constraint "int, str, list or dict";
alter domain dfa.table_type drop constraint "master, transaction, report, adjustment or undefined";
alter domain dfa.system_type drop constraint "internal, external or undefined";

-- By hand.
-- An interval has a third state. A value that was added to a type could not be used before the end of the transaction.
drop index dfa.data_interval_stale;
alter type dfa.interval_state rename to interval_state_before;
create type dfa.interval_state as enum ('done', 'open', 'stale');
alter table dfa.data_interval alter column state type dfa.interval_state using state::text::dfa.interval_state;
drop type dfa.interval_state_before;

-- What a schedule is stood in the column that people write any word into.
alter table dfa.task_schedule add column kind text not null default 'source';
update dfa.task_schedule set kind = pipeline_type;

-- Of tasks of before nobody knows for whom they ran.
alter table dfa.task_process add column person text, add column way text;

-- What one role of a service answered says nothing to another. Whose an answer was, its task tells; the others are of no use to anybody.
alter table dfa.idempotent_request add column made_by text;
update dfa.idempotent_request as request set made_by = task.process_by
from dfa.task_process as task
where task.process_id = request.answer ->> 'process_id';
delete from dfa.idempotent_request where made_by is null;
alter table dfa.idempotent_request alter column made_by set not null;

-- A database has one data schema: that of the control views.
create table dfa.data_schema (
    only_one boolean not null,
    name     text not null,
    set_at   timestamp with time zone not null default clock_timestamp()
);
insert into dfa.data_schema (only_one, name)
select true, min(nspname)
from pg_class join pg_namespace on pg_namespace.oid = relnamespace
where relname = 'ctr_data_pipeline' and relkind = 'v' and nspname <> 'dfa'
having count(*) = 1;

-- What is new or has changed.
revoke execute on function dfa.answer_request(text,text,integer,json) from dfa_admin;
revoke execute on function dfa.cancel(text) from dfa_admin;
revoke execute on function dfa.claim_next_step(text) from dfa_admin;
revoke execute on function dfa.claim_request(text,text,text,text) from dfa_admin;
revoke execute on function dfa.delete_rows(text,json,date,text,text) from dfa_admin;
revoke execute on function dfa.dependency(text) from dfa_admin;
revoke execute on function dfa.explain(text,text,date,boolean) from dfa_admin;
revoke execute on function dfa.finish_run(text) from dfa_admin;
revoke execute on function dfa.gaps(text,date,date) from dfa_admin;
revoke execute on function dfa.ingest(text,json,text,text,timestamp with time zone,date,text,text) from dfa_admin;
revoke execute on function dfa.ingest_begin(text,text,text,timestamp with time zone,date,text,text,boolean) from dfa_admin;
revoke execute on function dfa.ingest_chunk(text,integer,json) from dfa_admin;
revoke execute on function dfa.ingest_end(text) from dfa_admin;
revoke execute on function dfa.lineage(text) from dfa_admin;
revoke execute on function dfa.make_partitions(text) from dfa_admin;
revoke execute on function dfa.mark_stale(text,date,date,text) from dfa_admin;
revoke execute on function dfa.plan(text) from dfa_admin;
revoke execute on function dfa.process_status(text) from dfa_admin;
revoke execute on function dfa.release_request(text,text) from dfa_admin;
revoke execute on function dfa.render(text,text,date,text) from dfa_admin;
revoke execute on function dfa.restore_backup(text,date,date) from dfa_admin;
revoke execute on function dfa.resume(text) from dfa_admin;
revoke execute on function dfa.run_query(text,json,integer) from dfa_admin;
revoke execute on function dfa.run_step(text,bigint) from dfa_admin;
revoke execute on function dfa.tick(timestamp with time zone) from dfa_admin;
revoke execute on function dfa.validate_catalog(text,text) from dfa_admin;
revoke execute on function dfa.wait(text,interval) from dfa_admin;
revoke update on table dfa.data_logging from dfa_operator;
revoke update on table dfa.rejected_row from dfa_operator;
revoke usage on type dfa.interval_state from public;
CREATE OR REPLACE FUNCTION dfa.today()
 RETURNS date
 LANGUAGE c
 STABLE
AS 'MODULE_PATHNAME', $function$today_wrapper$function$;
revoke all on function dfa.today() from public;
CREATE OR REPLACE FUNCTION dfa.time_zone()
 RETURNS text
 LANGUAGE c
 STABLE STRICT
AS 'MODULE_PATHNAME', $function$time_zone_wrapper$function$;
revoke all on function dfa.time_zone() from public;
CREATE OR REPLACE FUNCTION dfa.is_active(flag text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (lower(btrim(flag)) = ANY (ARRAY['y'::text, 'yes'::text, 'true'::text, 't'::text, '1'::text]));
revoke all on function dfa.is_active(text) from public;
create table dfa.refused_definition (
    kind dfa.definition_kind not null,
    name text not null,
    source text not null,
    finding text not null,
    refused_at timestamp with time zone not null,
    refused_by text not null
);
alter table dfa.refused_definition alter column refused_at set default clock_timestamp();
alter table dfa.refused_definition alter column refused_by set default SESSION_USER;
alter table dfa.refused_definition add constraint refused_definition_pkey PRIMARY KEY (kind, name);
alter table dfa.data_pipeline add column kept_from date;
alter table dfa.data_pipeline alter column data_date set default dfa.today();
alter table dfa.data_pipeline alter column run_date set default dfa.today();
alter table dfa.data_pipeline add column landed boolean default false not null;
CREATE INDEX data_pipeline_kept_from ON dfa.data_pipeline USING btree (kept_from);
alter table dfa.task_process add column parent text;
CREATE INDEX task_process_name ON dfa.task_process USING btree (process_name_put, created_at DESC, process_id DESC);
CREATE INDEX task_process_failed ON dfa.task_process USING btree (created_at DESC, process_id DESC) WHERE ((status)::smallint = 1);
CREATE INDEX task_process_parent ON dfa.task_process USING btree (parent, created_at DESC) WHERE (parent IS NOT NULL);
CREATE OR REPLACE FUNCTION dfa.new_process_id()
 RETURNS text
 LANGUAGE sql
RETURN (to_char(clock_timestamp(), 'YYYYMMDDHH24MISSUS'::text) || lpad(((nextval('dfa.task_number_seq'::regclass) % (1000000)::bigint))::text, 6, '0'::text));
revoke all on function dfa.new_process_id() from public;
alter table dfa.task_step add column audits json;
alter table dfa.task_step add column by_front boolean default false not null;
CREATE INDEX task_step_sqlstate ON dfa.task_step USING btree (((error ->> 'sqlstate'::text))) WHERE (error IS NOT NULL);
CREATE INDEX task_step_published ON dfa.task_step USING btree (node, finished_at DESC) WHERE (state = ANY (ARRAY['SUCCESS'::dfa.step_state, 'SKIPPED'::dfa.step_state]));
create table dfa.dataframe_note (
    step_id bigint not null,
    process text not null,
    id text not null,
    model text,
    errors json,
    reason text
);
alter table dfa.dataframe_note add constraint dataframe_note_step_id_fkey FOREIGN KEY (step_id) REFERENCES dfa.task_step(id) ON DELETE CASCADE;
CREATE INDEX dataframe_note_step ON dfa.dataframe_note USING btree (step_id);
CREATE INDEX data_logging_failed ON dfa.data_logging USING btree (table_name, run_date, id DESC) WHERE ((status)::smallint = 1);
CREATE INDEX data_logging_recent_failed ON dfa.data_logging USING btree (update_date DESC, id DESC) WHERE ((status)::smallint = 1);
alter table dfa.task_schedule add column run_date date;
alter table dfa.task_schedule add constraint task_schedule_kind_check CHECK ((kind = ANY (ARRAY['pipeline'::text, 'source'::text, 'retired'::text])));
create table dfa.upkeep (
    name text not null,
    schedule text not null,
    next_at timestamp with time zone,
    process_id text
);
alter table dfa.upkeep add constraint upkeep_name_check CHECK ((name = ANY (ARRAY['retention'::text, 'partitions'::text])));
alter table dfa.upkeep add constraint upkeep_pkey PRIMARY KEY (name);
CREATE INDEX data_interval_stale ON dfa.data_interval USING btree (table_name, interval_start) WHERE (state = 'stale'::dfa.interval_state);
CREATE INDEX data_interval_open ON dfa.data_interval USING btree (table_name, interval_start) WHERE (state = 'open'::dfa.interval_state);
CREATE OR REPLACE FUNCTION dfa.unit_name(run_type text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE run_type WHEN 'daily'::text THEN 'day'::text WHEN 'weekly'::text THEN 'week'::text WHEN 'monthly'::text THEN 'month'::text ELSE 'year'::text END;
revoke all on function dfa.unit_name(text) from public;
CREATE OR REPLACE FUNCTION dfa.unit_length(run_type text)
 RETURNS interval
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE run_type WHEN 'daily'::text THEN '1 day'::interval WHEN 'weekly'::text THEN '7 days'::interval WHEN 'monthly'::text THEN '1 mon'::interval ELSE '1 year'::interval END;
revoke all on function dfa.unit_length(text) from public;
create or replace view dfa.run_unit as
 SELECT run_type.run_type,
    dfa.unit_name(run_type.run_type) AS name,
    dfa.unit_length(run_type.run_type) AS length
   FROM unnest(ARRAY['daily'::text, 'weekly'::text, 'monthly'::text, 'yearly'::text]) run_type(run_type);
alter table dfa.data_schema alter column only_one set default true;
alter table dfa.data_schema add constraint data_schema_only_one_check CHECK (only_one);
alter table dfa.data_schema add constraint data_schema_name_check CHECK ((name <> ''::text));
alter table dfa.data_schema add constraint data_schema_pkey PRIMARY KEY (only_one);
alter table dfa.table_backup enable row level security;
alter table dfa.table_backup add constraint table_backup_pkey PRIMARY KEY (table_name, backup_schema, backup_table, made_by);
alter table dfa.rejected_row enable row level security;
alter table dfa.rejected_row add column chunk integer;
CREATE INDEX rejected_row_rejected ON dfa.rejected_row USING btree (rejected_at);
alter table dfa.ingest_receipt enable row level security;
alter table dfa.ingest_chunk enable row level security;
alter table dfa.ingest_chunk add column first_day date;
alter table dfa.ingest_chunk add column last_day date;
alter table dfa.ingest_chunk add column objects bigint default 0 not null;
alter table dfa.ingest_chunk add column objects_before bigint default 0 not null;
CREATE OR REPLACE FUNCTION dfa.kind_of_restored()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
    if exists (select from dfa.catalog where kind = 'pipeline' and current and name = new.pipeline_name) then
        new.kind := 'pipeline';
    end if;
    return new;
end
$function$;
revoke all on function dfa.kind_of_restored() from public;
CREATE TRIGGER kind_of_restored BEFORE INSERT ON dfa.task_schedule FOR EACH ROW WHEN ((new.kind = 'source'::text)) EXECUTE FUNCTION dfa.kind_of_restored();
CREATE OR REPLACE FUNCTION dfa.add_user(user_name text, password_hash text, role dfa.user_role DEFAULT 'viewer'::dfa.user_role, replace boolean DEFAULT false)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
    if user_name is null or user_name !~ '^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$' then
        raise exception using errcode = '22023', message = format('%L is no name of a user', user_name),
            detail = 'A name has 1 to 63 letters, digits, dots, @, - or _ of ASCII and begins with a letter or digit.',
            hint = 'An address of e-mail will do.';
    end if;
    if password_hash is null or password_hash not like '$argon2id$%' then
        raise exception using errcode = '22023', message = 'the password of a user is kept as a hash of argon2id',
            hint = 'Call dfa user add, which makes it.';
    end if;
    insert into dfa.user_account (user_name, password_hash, role)
    values (add_user.user_name, add_user.password_hash, add_user.role)
    on conflict do nothing;
    if found then
        return true;
    end if;
    if not coalesce(replace, false) then
        raise exception using errcode = '42710', message = format('user %L is there already', add_user.user_name),
            hint = 'Give another name; or replace => true, for another password and role.';
    end if;
    update dfa.user_account as known
    set password_hash = add_user.password_hash, role = add_user.role, active_flg = 'Y',
        password_changed_at = clock_timestamp()
    where known.user_name = add_user.user_name;
    return false;
end
$function$;
CREATE OR REPLACE FUNCTION dfa.set_password(user_name text, password_hash text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
    if password_hash is null or password_hash not like '$argon2id$%' then
        raise exception using errcode = '22023', message = 'the password of a user is kept as a hash of argon2id',
            hint = 'Call dfa user passwd, which makes it.';
    end if;
    update dfa.user_account as known
    set password_hash = set_password.password_hash, password_changed_at = clock_timestamp()
    where known.user_name = set_password.user_name;
    if not found then
        raise exception using errcode = '42704', message = format('user %L is not known', set_password.user_name),
            hint = 'dfa user list has all.';
    end if;
end
$function$;
revoke all on function dfa.set_password(text,text) from public;
CREATE OR REPLACE FUNCTION dfa.set_role(user_name text, role dfa.user_role)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
    if role is null then
        raise exception using errcode = '22004', message = 'role is null', hint = 'Give viewer, operator or admin.';
    end if;
    update dfa.user_account as known set role = set_role.role where known.user_name = set_role.user_name;
    if not found then
        raise exception using errcode = '42704', message = format('user %L is not known', set_role.user_name),
            hint = 'dfa user list has all.';
    end if;
end
$function$;
revoke all on function dfa.set_role(text,dfa.user_role) from public;
CREATE OR REPLACE FUNCTION dfa.remove_user(user_name text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
    delete from dfa.user_account as known where known.user_name = remove_user.user_name;
    if not found then
        raise exception using errcode = '42704', message = format('user %L is not known', remove_user.user_name),
            hint = 'dfa user list has all.';
    end if;
end
$function$;
revoke all on function dfa.remove_user(text) from public;
create sequence dfa.web_session_id_seq as bigint increment by 1 minvalue 1 maxvalue 9223372036854775807 start with 1 cache 1;
create table dfa.web_session (
    id bigint not null,
    token_hash bytea not null,
    user_name text not null,
    created_at timestamp with time zone not null,
    seen_at timestamp with time zone not null,
    idle interval not null,
    ends_at timestamp with time zone not null,
    address inet,
    agent text
);
alter table dfa.web_session alter column id set default nextval('dfa.web_session_id_seq'::regclass);
alter table dfa.web_session alter column created_at set default clock_timestamp();
alter table dfa.web_session alter column seen_at set default clock_timestamp();
alter table dfa.web_session add constraint web_session_token_hash_check CHECK ((length(token_hash) = 32));
alter table dfa.web_session add constraint web_session_idle_check CHECK ((idle > '00:00:00'::interval));
alter table dfa.web_session add constraint web_session_pkey PRIMARY KEY (id);
alter table dfa.web_session add constraint web_session_token_hash_key UNIQUE (token_hash);
alter table dfa.web_session add constraint web_session_user_name_fkey FOREIGN KEY (user_name) REFERENCES dfa.user_account(user_name) ON UPDATE CASCADE ON DELETE CASCADE;
CREATE INDEX web_session_user ON dfa.web_session USING btree (user_name, seen_at DESC);
CREATE INDEX web_session_ends ON dfa.web_session USING btree (ends_at);
CREATE OR REPLACE FUNCTION dfa.end_web_sessions()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
    delete from dfa.web_session where user_name = new.user_name;
    return null;
end
$function$;
revoke all on function dfa.end_web_sessions() from public;
CREATE TRIGGER end_web_sessions AFTER UPDATE ON dfa.user_account FOR EACH ROW WHEN ((old.password_hash IS DISTINCT FROM new.password_hash)) EXECUTE FUNCTION dfa.end_web_sessions();
CREATE OR REPLACE FUNCTION dfa.ai_schema()
 RETURNS text
 LANGUAGE c
 STABLE STRICT
AS 'MODULE_PATHNAME', $function$ai_schema_wrapper$function$;
revoke all on function dfa.ai_schema() from public;
CREATE OR REPLACE FUNCTION dfa.backfill(name text, "from" date, "to" date, run_mode text DEFAULT 'auto'::text, choose text[] DEFAULT NULL::text[], only_gaps boolean DEFAULT false, downstream boolean DEFAULT false, priority double precision DEFAULT 99, if_preview text DEFAULT NULL::text)
 RETURNS text
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$backfill_wrapper$function$;
revoke all on function dfa.backfill(text,date,date,text,text[],boolean,boolean,double precision,text) from public;
CREATE OR REPLACE FUNCTION dfa.begin_dataframe_step(step bigint)
 RETURNS TABLE(process text, function text, arguments text, copy text, columns text[], types oid[], memory bigint)
 LANGUAGE c
 STRICT
AS 'MODULE_PATHNAME', $function$begin_dataframe_step_wrapper$function$;
revoke all on function dfa.begin_dataframe_step(bigint) from public;
CREATE OR REPLACE FUNCTION dfa.begin_run(name text, run_dates date[], run_mode text, choose text[], auto_create boolean, if_preview text DEFAULT NULL::text)
 RETURNS text
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$begin_run_wrapper$function$;
revoke all on function dfa.begin_run(text,date[],text,text[],boolean,text) from public;
CREATE OR REPLACE FUNCTION dfa.call_workers()
 RETURNS void
 LANGUAGE c
 STRICT
AS 'MODULE_PATHNAME', $function$call_workers_wrapper$function$;
revoke all on function dfa.call_workers() from public;
CREATE OR REPLACE FUNCTION dfa.change_tasks(action text, process_ids text[], if_preview text DEFAULT NULL::text)
 RETURNS TABLE(process_id text, name text, outcome text, message text, new_process_id text)
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$change_tasks_wrapper$function$;
revoke all on function dfa.change_tasks(text,text[],text) from public;
CREATE OR REPLACE FUNCTION dfa.claim_dataframe_step()
 RETURNS TABLE(step bigint, process_id text, claimed_at timestamp with time zone, node text, seconds double precision)
 LANGUAGE c
 STRICT
AS 'MODULE_PATHNAME', $function$claim_dataframe_step_wrapper$function$;
revoke all on function dfa.claim_dataframe_step() from public;
CREATE OR REPLACE FUNCTION dfa.dataframe_search_path(step bigint)
 RETURNS text
 LANGUAGE c
 STRICT
AS 'MODULE_PATHNAME', $function$dataframe_search_path_wrapper$function$;
revoke all on function dfa.dataframe_search_path(bigint) from public;
CREATE OR REPLACE FUNCTION dfa.dataframe_step_goes_on(step bigint)
 RETURNS boolean
 LANGUAGE c
 STRICT
AS 'MODULE_PATHNAME', $function$dataframe_step_goes_on_wrapper$function$;
revoke all on function dfa.dataframe_step_goes_on(bigint) from public;
CREATE OR REPLACE FUNCTION dfa.delete_rows(shortname text, payload json, run_date date DEFAULT dfa.today(), on_error text DEFAULT 'reject'::text, idempotency_key text DEFAULT NULL::text)
 RETURNS TABLE(table_name text, success_rows bigint, failed_rows bigint, message text, rejected json, process_id text)
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$delete_rows_wrapper$function$;
CREATE OR REPLACE FUNCTION dfa.end_dataframe_step(step bigint)
 RETURNS void
 LANGUAGE c
 STRICT
AS 'MODULE_PATHNAME', $function$end_dataframe_step_wrapper$function$;
revoke all on function dfa.end_dataframe_step(bigint) from public;
CREATE OR REPLACE FUNCTION dfa.explain(name text, process text DEFAULT NULL::text, run_date date DEFAULT dfa.today(), execute boolean DEFAULT false)
 RETURNS TABLE(process text, statement_order integer, plan text)
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$explain_wrapper$function$;
CREATE OR REPLACE FUNCTION dfa.fail_dataframe_step(step bigint, process text, report text)
 RETURNS void
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$fail_dataframe_step_wrapper$function$;
revoke all on function dfa.fail_dataframe_step(bigint,text,text) from public;
CREATE OR REPLACE FUNCTION dfa.file_sources()
 RETURNS TABLE(table_name text, path text, options json)
 LANGUAGE c
 STRICT
AS 'MODULE_PATHNAME', $function$file_sources_wrapper$function$;
revoke all on function dfa.file_sources() from public;
CREATE OR REPLACE FUNCTION dfa.finish_dataframe_step(step bigint, has_rows boolean)
 RETURNS TABLE(process text, function text, arguments text, copy text, columns text[], types oid[], memory bigint)
 LANGUAGE c
 STRICT
AS 'MODULE_PATHNAME', $function$finish_dataframe_step_wrapper$function$;
revoke all on function dfa.finish_dataframe_step(bigint,boolean) from public;
CREATE OR REPLACE FUNCTION dfa.hold_dataframe_step(step bigint, claimed_at timestamp with time zone)
 RETURNS boolean
 LANGUAGE c
 STRICT
AS 'MODULE_PATHNAME', $function$hold_dataframe_step_wrapper$function$;
revoke all on function dfa.hold_dataframe_step(bigint,timestamp with time zone) from public;
CREATE OR REPLACE FUNCTION dfa.ingest(shortname text, payload json, action text DEFAULT 'insert'::text, mode text DEFAULT 'common'::text, update_date timestamp with time zone DEFAULT NULL::timestamp with time zone, run_date date DEFAULT dfa.today(), on_error text DEFAULT 'reject'::text, idempotency_key text DEFAULT NULL::text)
 RETURNS TABLE(table_name text, success_rows bigint, failed_rows bigint, message text, rejected json, process_id text)
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$ingest_wrapper$function$;
CREATE OR REPLACE FUNCTION dfa.ingest_begin(shortname text, action text DEFAULT 'insert'::text, mode text DEFAULT 'common'::text, update_date timestamp with time zone DEFAULT NULL::timestamp with time zone, run_date date DEFAULT dfa.today(), on_error text DEFAULT 'reject'::text, idempotency_key text DEFAULT NULL::text, background boolean DEFAULT false)
 RETURNS text
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$ingest_begin_wrapper$function$;
CREATE OR REPLACE FUNCTION dfa.is_at_front(process_id text, step bigint)
 RETURNS boolean
 LANGUAGE c
 STRICT
AS 'MODULE_PATHNAME', $function$is_at_front_wrapper$function$;
revoke all on function dfa.is_at_front(text,bigint) from public;
CREATE OR REPLACE FUNCTION dfa.is_own_code()
 RETURNS boolean
 LANGUAGE c
 STABLE STRICT
AS 'MODULE_PATHNAME', $function$is_own_code_wrapper$function$;
revoke all on function dfa.is_own_code() from public;
CREATE OR REPLACE FUNCTION dfa.landed(name text, "from" date DEFAULT NULL::date, "to" date DEFAULT NULL::date, rows bigint DEFAULT NULL::bigint, seconds double precision DEFAULT 0)
 RETURNS bigint
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$landed_wrapper$function$;
revoke all on function dfa.landed(text,date,date,bigint,double precision) from public;
CREATE OR REPLACE FUNCTION dfa.load_catalog(document text, source text DEFAULT 'sql'::text, strict boolean DEFAULT true)
 RETURNS TABLE(kind text, name text, version date, action text, finding text)
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$load_catalog_wrapper$function$;
revoke all on function dfa.load_catalog(text,text,boolean) from public;
CREATE OR REPLACE FUNCTION dfa.load_catalogs(documents text[], sources text[], strict boolean DEFAULT true, prune boolean DEFAULT false)
 RETURNS TABLE(kind text, name text, version date, action text, finding text)
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$load_catalogs_wrapper$function$;
revoke all on function dfa.load_catalogs(text[],text[],boolean,boolean) from public;
CREATE OR REPLACE FUNCTION dfa.neighbourhood(name text, up integer DEFAULT 1, down integer DEFAULT 1)
 RETURNS TABLE(distance integer, table_name text, reads text[])
 LANGUAGE c
 STABLE
AS 'MODULE_PATHNAME', $function$neighbourhood_wrapper$function$;
revoke all on function dfa.neighbourhood(text,integer,integer) from public;
CREATE OR REPLACE FUNCTION dfa.neighbours(name text)
 RETURNS TABLE(direction text, table_name text)
 LANGUAGE c
 STABLE
AS 'MODULE_PATHNAME', $function$neighbours_wrapper$function$;
revoke all on function dfa.neighbours(text) from public;
CREATE OR REPLACE FUNCTION dfa.notify_source(id text, run_date date DEFAULT NULL::date)
 RETURNS TABLE(pipeline_name text, reason text, process_id text, message text)
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$notify_source_wrapper$function$;
revoke all on function dfa.notify_source(text,date) from public;
CREATE OR REPLACE FUNCTION dfa.open_dataframe_result(types text[])
 RETURNS text
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$open_dataframe_result_wrapper$function$;
revoke all on function dfa.open_dataframe_result(text[]) from public;
CREATE OR REPLACE FUNCTION dfa.pause(what text, reason text, until timestamp with time zone DEFAULT NULL::timestamp with time zone)
 RETURNS TABLE(kind text, name text, reason text, paused_by text, since timestamp with time zone, until timestamp with time zone)
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$pause_wrapper$function$;
revoke all on function dfa.pause(text,text,timestamp with time zone) from public;
CREATE OR REPLACE FUNCTION dfa.pipeline_nodes(name text DEFAULT NULL::text)
 RETURNS TABLE(pipeline text, place integer, node text, reads text[])
 LANGUAGE c
 STABLE
AS 'MODULE_PATHNAME', $function$pipeline_nodes_wrapper$function$;
revoke all on function dfa.pipeline_nodes(text) from public;
CREATE OR REPLACE FUNCTION dfa.preview(module text, name text DEFAULT NULL::text, run_dates date[] DEFAULT ARRAY[dfa.today()], "from" date DEFAULT NULL::date, "to" date DEFAULT NULL::date, run_mode text DEFAULT NULL::text, choose text[] DEFAULT NULL::text[], only_gaps boolean DEFAULT false, downstream boolean DEFAULT false, params json DEFAULT '{}'::json)
 RETURNS TABLE(step_order integer, kind text, name text, run_date date, last_day date, processes text[], action text, cause text, reason text, last_rows bigint, expected_seconds double precision)
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$preview_wrapper$function$;
revoke all on function dfa.preview(text,text,date[],date,date,text,text[],boolean,boolean,json) from public;
CREATE OR REPLACE FUNCTION dfa.preview_tasks(action text, process_ids text[])
 RETURNS TABLE(process_id text, name text, status integer, action text, reason text)
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$preview_tasks_wrapper$function$;
revoke all on function dfa.preview_tasks(text,text[]) from public;
CREATE OR REPLACE FUNCTION dfa.preview_tasks_token(action text, process_ids text[])
 RETURNS text
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$preview_tasks_token_wrapper$function$;
revoke all on function dfa.preview_tasks_token(text,text[]) from public;
CREATE OR REPLACE FUNCTION dfa.preview_token(module text, name text DEFAULT NULL::text, run_dates date[] DEFAULT ARRAY[dfa.today()], "from" date DEFAULT NULL::date, "to" date DEFAULT NULL::date, run_mode text DEFAULT NULL::text, choose text[] DEFAULT NULL::text[], only_gaps boolean DEFAULT false, downstream boolean DEFAULT false, params json DEFAULT '{}'::json)
 RETURNS text
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$preview_token_wrapper$function$;
revoke all on function dfa.preview_token(text,text,date[],date,date,text,text[],boolean,boolean,json) from public;
CREATE OR REPLACE FUNCTION dfa.render(name text, process text DEFAULT NULL::text, run_date date DEFAULT dfa.today(), run_mode text DEFAULT 'common'::text)
 RETURNS TABLE(process text, statement_order integer, statement text)
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$render_wrapper$function$;
CREATE OR REPLACE FUNCTION dfa.retire(kind text, name text)
 RETURNS TABLE(kind text, name text, version date, action text)
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$retire_wrapper$function$;
revoke all on function dfa.retire(text,text) from public;
CREATE OR REPLACE FUNCTION dfa.run_pipeline(name text, run_date date DEFAULT dfa.today(), run_mode text DEFAULT 'common'::text, choose text[] DEFAULT NULL::text[], auto_create boolean DEFAULT false, raise boolean DEFAULT false, if_preview text DEFAULT NULL::text)
 RETURNS TABLE(node text, process text, rows bigint, status integer, message text, duration interval, sqlstate text, detail text, hint text, statement text, line integer)
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$run_pipeline_wrapper$function$;
revoke all on function dfa.run_pipeline(text,date,text,text[],boolean,boolean,text) from public;
CREATE OR REPLACE FUNCTION dfa.run_retention(name text DEFAULT NULL::text, run_date date DEFAULT dfa.today(), backup_table text DEFAULT NULL::text, backup_schema text DEFAULT NULL::text, if_preview text DEFAULT NULL::text)
 RETURNS TABLE(table_name text, cut date, rows bigint, backup text, backup_rows bigint, status integer, message text, duration interval)
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$run_retention_wrapper$function$;
revoke all on function dfa.run_retention(text,date,text,text,text) from public;
CREATE OR REPLACE FUNCTION dfa.run_table(name text, run_date date DEFAULT dfa.today(), run_mode text DEFAULT 'common'::text, choose text[] DEFAULT NULL::text[], auto_create boolean DEFAULT false, raise boolean DEFAULT false, if_preview text DEFAULT NULL::text)
 RETURNS TABLE(node text, process text, rows bigint, status integer, message text, duration interval, sqlstate text, detail text, hint text, statement text, line integer)
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$run_table_wrapper$function$;
revoke all on function dfa.run_table(text,date,text,text[],boolean,boolean,text) from public;
CREATE OR REPLACE FUNCTION dfa.session_role()
 RETURNS text
 LANGUAGE c
 STABLE PARALLEL SAFE STRICT
AS 'MODULE_PATHNAME', $function$session_role_wrapper$function$;
revoke all on function dfa.session_role() from public;
create type dfa.key_role as enum ('reader', 'operator', 'admin');
revoke all on type dfa.key_role from public;
create table dfa.api_key_secret (
    key_name text not null,
    key_hash bytea not null,
    role dfa.key_role not null,
    patterns text[],
    expires_at timestamp with time zone,
    created_at timestamp with time zone not null,
    created_by text not null,
    revoked_at timestamp with time zone,
    revoked_by text,
    last_used_at timestamp with time zone
);
alter table dfa.api_key_secret alter column created_at set default clock_timestamp();
alter table dfa.api_key_secret alter column created_by set default dfa.session_role();
alter table dfa.api_key_secret add constraint api_key_secret_key_name_check CHECK ((key_name ~ '^[A-Za-z0-9][A-Za-z0-9._@-]{0,39}$'::text));
alter table dfa.api_key_secret add constraint api_key_secret_patterns_check CHECK ((patterns <> '{}'::text[]));
alter table dfa.api_key_secret add constraint api_key_secret_pkey PRIMARY KEY (key_name);
alter table dfa.api_key_secret add constraint api_key_secret_key_hash_key UNIQUE (key_hash);
create or replace view dfa.api_key as
 SELECT api_key_secret.key_name,
    api_key_secret.role,
    api_key_secret.patterns,
    api_key_secret.expires_at,
    api_key_secret.created_at,
    api_key_secret.created_by,
    api_key_secret.revoked_at,
    api_key_secret.revoked_by,
    api_key_secret.last_used_at,
        CASE
            WHEN (api_key_secret.revoked_at IS NOT NULL) THEN 'revoked'::text
            WHEN (api_key_secret.expires_at <= clock_timestamp()) THEN 'expired'::text
            ELSE 'active'::text
        END AS state
   FROM dfa.api_key_secret;
CREATE OR REPLACE FUNCTION dfa.name_fits(name text, pattern text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN (name ~~ replace(replace(replace(replace(pattern, '\'::text, '\\'::text), '%'::text, '\%'::text), '_'::text, '\_'::text), '*'::text, '%'::text));
revoke all on function dfa.name_fits(text,text) from public;
CREATE OR REPLACE FUNCTION dfa.key_covers(name text)
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN ((COALESCE(current_setting('dfa.key_patterns'::text, true), ''::text) = ''::text) OR (EXISTS (SELECT FROM string_to_table(current_setting('dfa.key_patterns'::text, true), ','::text) pattern(pattern) WHERE dfa.name_fits(key_covers.name, pattern.pattern))));
revoke all on function dfa.key_covers(text) from public;
CREATE OR REPLACE FUNCTION dfa.add_key(name text, role dfa.key_role DEFAULT 'reader'::dfa.key_role, patterns text[] DEFAULT NULL::text[], expires timestamp with time zone DEFAULT NULL::timestamp with time zone)
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
    secret constant text := 'dfa_' || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
    pattern text;
begin
    if name is null or name !~ '^[A-Za-z0-9][A-Za-z0-9._@-]{0,39}$' then
        raise exception using errcode = '22023', message = format('%L is no name of a key', name),
            detail = 'A name has 1 to 40 letters, digits, dots, @, - or _ of ASCII and begins with a letter or digit.',
            hint = 'Name the system that will use it, such as erp.';
    end if;
    if role is null then
        raise exception using errcode = '22004', message = 'role is null', hint = 'Give reader, operator or admin.';
    end if;
    if patterns = '{}' then
        raise exception using errcode = '22023', message = 'a key for nothing is no key',
            hint = 'Give patterns such as src_*, or leave them out for a key that is for all.';
    end if;
    if role = 'admin' and patterns is not null then
        raise exception using errcode = '22023', message = 'a key of an admin is for everything',
            detail = 'Whoever loads catalogs can have any SQL run.',
            hint = 'Leave patterns out, or make it a key of an operator.';
    end if;
    foreach pattern in array coalesce(patterns, '{}') loop
        if pattern is null or btrim(pattern) <> pattern or pattern = '' or pattern ~ '[,[:cntrl:]]' then
            raise exception using errcode = '22023', message = format('%L is no pattern of names', pattern),
                hint = 'Give each one by itself: a name, or a part of one with * for the rest, such as src_*.';
        end if;
        if not exists (select from dfa.catalog as known
                       where known.current and known.kind in ('table', 'pipeline') and dfa.name_fits(known.name, pattern))
           and not exists (select from dfa.task_schedule as known where dfa.name_fits(known.pipeline_id, pattern)) then
            raise warning using message = format('pattern %L fits no table, pipeline or source so far', pattern);
        end if;
    end loop;
    if expires <= clock_timestamp() then
        raise exception using errcode = '22023', message = format('%s has passed already', expires),
            hint = 'Give a time to come, or leave expires out for a key that is good until it is revoked.';
    end if;
    insert into dfa.api_key_secret (key_name, key_hash, role, patterns, expires_at)
    values (name, sha256(convert_to(secret, 'UTF8')), add_key.role, add_key.patterns, expires)
    on conflict (key_name) do nothing;
    if not found then
        raise exception using errcode = '55000', message = format('there is a key %L already', name),
            hint = 'Give another name: that of a key that was revoked stays in the audit, and is not used again.';
    end if;
    return secret;
end
$function$;
revoke all on function dfa.add_key(text,dfa.key_role,text[],timestamp with time zone) from public;
CREATE OR REPLACE FUNCTION dfa.revoke_key(name text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
    update dfa.api_key_secret as known
    set revoked_at = clock_timestamp(), revoked_by = dfa.session_role()
    where known.key_name = revoke_key.name and known.revoked_at is null;
    if found then
        return;
    end if;
    if exists (select from dfa.api_key_secret as known where known.key_name = revoke_key.name) then
        raise exception using errcode = '55000', message = format('key %L was revoked before', revoke_key.name);
    end if;
    raise exception using errcode = 'DF002', message = format('key %L is not known', revoke_key.name),
        hint = 'SELECT * FROM dfa.api_key; lists all.';
end
$function$;
revoke all on function dfa.revoke_key(text) from public;
CREATE OR REPLACE FUNCTION dfa.use_key(key_hash bytea, OUT key_name text, OUT role text, OUT patterns text, OUT refusal text)
 RETURNS SETOF record
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
#variable_conflict use_column
begin
    return query
    select known.key_name, known.role::text, array_to_string(known.patterns, ','),
           case when known.revoked_at is not null then format('key %L was revoked', known.key_name)
                when known.expires_at <= clock_timestamp()
                    then format('key %L has expired on %s', known.key_name, to_char(known.expires_at, 'YYYY-MM-DD HH24:MI TZ'))
           end
    from dfa.api_key_secret as known
    where known.key_hash = use_key.key_hash;
    -- A minute is exact enough, and a write for each request is not: nor does one wait for another's.
    if found and not pg_is_in_recovery() then
        update dfa.api_key_secret as known
        set last_used_at = clock_timestamp()
        where known.key_name in (
            select old.key_name from dfa.api_key_secret as old
            where old.key_hash = use_key.key_hash and old.revoked_at is null
              and coalesce(old.last_used_at, '-infinity') < clock_timestamp() - interval '1 minute'
            for update skip locked
        );
    end if;
end
$function$;
revoke all on function dfa.use_key(bytea) from public;
create table dfa.paused (
    kind text not null,
    name text not null,
    reason text not null,
    paused_by text not null,
    since timestamp with time zone not null,
    until timestamp with time zone
);
alter table dfa.paused enable row level security;
alter table dfa.paused alter column paused_by set default dfa.session_role();
alter table dfa.paused alter column since set default clock_timestamp();
alter table dfa.paused add constraint paused_kind_check CHECK ((kind = ANY (ARRAY['pipeline'::text, 'worker'::text, 'all'::text])));
alter table dfa.paused add constraint paused_name_check CHECK ((name <> ''::text));
alter table dfa.paused add constraint paused_reason_check CHECK ((btrim(reason) <> ''::text));
alter table dfa.paused add constraint paused_pkey PRIMARY KEY (kind, name);
create or replace view dfa.paused_now as
 SELECT paused.kind,
    paused.name,
    paused.reason,
    paused.paused_by,
    paused.since,
    paused.until,
    format('paused by %s%s: %s'::text, paused.paused_by, to_char(paused.until, '" until "YYYY-MM-DD HH24:MI TZ'::text), paused.reason) AS sentence
   FROM dfa.paused
  WHERE ((paused.until IS NULL) OR (paused.until > clock_timestamp()));
create policy seen_by_all on dfa.paused for select using (true);
create policy written_in_ones_own_name on dfa.paused for insert with check (((paused_by = ( SELECT dfa.session_role() AS session_role)) AND ((kind = 'pipeline'::text) OR pg_has_role('dfa_admin'::name, 'member'::text))));
create policy changed_by_those_who_may_hold_it on dfa.paused for update using (((kind = 'pipeline'::text) OR (until <= clock_timestamp()) OR pg_has_role('dfa_admin'::name, 'member'::text))) with check (((paused_by = ( SELECT dfa.session_role() AS session_role)) AND ((kind = 'pipeline'::text) OR pg_has_role('dfa_admin'::name, 'member'::text))));
create policy ended_by_those_who_may_hold_it on dfa.paused for delete using (((kind = 'pipeline'::text) OR (until <= clock_timestamp()) OR pg_has_role('dfa_admin'::name, 'member'::text)));
CREATE OR REPLACE FUNCTION dfa.person()
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN COALESCE(NULLIF(current_setting('dfa.person'::text, true), ''::text), ('key:'::text || NULLIF(current_setting('dfa.key'::text, true), ''::text)));
revoke all on function dfa.person() from public;
CREATE OR REPLACE FUNCTION dfa.way()
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN COALESCE(NULLIF(current_setting('dfa.way'::text, true), ''::text), 'sql'::text);
revoke all on function dfa.way() from public;
alter table dfa.task_process alter column person set default dfa.person();
alter table dfa.task_process alter column way set default dfa.way();
CREATE INDEX task_process_person ON dfa.task_process USING btree (COALESCE(person, process_by), created_at DESC);
create sequence dfa.audit_entry_id_seq as bigint increment by 1 minvalue 1 maxvalue 9223372036854775807 start with 1 cache 1;
create table dfa.audit_entry (
    id bigint not null,
    at timestamp with time zone not null,
    person text,
    way text not null,
    role text not null,
    kind text not null,
    name text not null,
    action text not null,
    before jsonb,
    after jsonb,
    reason text,
    process_id text
);
alter table dfa.audit_entry enable row level security;
alter table dfa.audit_entry alter column id set default nextval('dfa.audit_entry_id_seq'::regclass);
alter table dfa.audit_entry alter column at set default clock_timestamp();
alter table dfa.audit_entry alter column person set default dfa.person();
alter table dfa.audit_entry alter column way set default dfa.way();
alter table dfa.audit_entry alter column role set default dfa.session_role();
alter table dfa.audit_entry alter column reason set default NULLIF(current_setting('dfa.reason'::text, true), ''::text);
CREATE INDEX audit_entry_at ON dfa.audit_entry USING btree (at DESC, id DESC);
CREATE INDEX audit_entry_name ON dfa.audit_entry USING btree (name, at DESC);
CREATE OR REPLACE FUNCTION dfa.keep_audit()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
    if not dfa.is_own_code() then
        raise exception using errcode = '42501', message = 'the audit is only added to',
            hint = 'Entries older than dfa.log_retention go by themselves.';
    end if;
    return null;
end
$function$;
revoke all on function dfa.keep_audit() from public;
CREATE TRIGGER kept BEFORE DELETE OR UPDATE OR TRUNCATE ON dfa.audit_entry FOR EACH STATEMENT EXECUTE FUNCTION dfa.keep_audit();
CREATE OR REPLACE FUNCTION dfa.note_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
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
$function$;
revoke all on function dfa.note_change() from public;
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON dfa.catalog FOR EACH ROW EXECUTE FUNCTION dfa.note_change('=kind', 'name', 'document,set_up_at');
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON dfa.catalog_file FOR EACH ROW EXECUTE FUNCTION dfa.note_change('file', 'path', 'content');
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON dfa.data_parameter FOR EACH ROW EXECUTE FUNCTION dfa.note_change('parameter', 'parameter_name', 'update_date');
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON dfa.paused FOR EACH ROW EXECUTE FUNCTION dfa.note_change('pause', 'name', '');
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON dfa.user_account FOR EACH ROW EXECUTE FUNCTION dfa.note_change('user', 'user_name', 'password_hash');
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON dfa.api_key_secret FOR EACH ROW EXECUTE FUNCTION dfa.note_change('key', 'key_name', 'key_hash,last_used_at');
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON dfa.data_schema FOR EACH ROW EXECUTE FUNCTION dfa.note_change('schema', 'name', '');
CREATE TRIGGER audit_insert AFTER INSERT OR DELETE ON dfa.data_pipeline FOR EACH ROW WHEN ((NOT dfa.is_own_code())) EXECUTE FUNCTION dfa.note_change('watermark', 'table_name', 'update_date');
CREATE TRIGGER audit_update AFTER UPDATE ON dfa.data_pipeline FOR EACH ROW WHEN ((NOT dfa.is_own_code())) EXECUTE FUNCTION dfa.note_change('watermark', 'table_name', 'update_date');
CREATE TRIGGER audit_insert AFTER INSERT OR DELETE ON dfa.task_schedule FOR EACH ROW WHEN ((NOT dfa.is_own_code())) EXECUTE FUNCTION dfa.note_change('schedule', 'pipeline_name', 'update_date');
CREATE TRIGGER audit_update AFTER UPDATE ON dfa.task_schedule FOR EACH ROW WHEN ((NOT dfa.is_own_code())) EXECUTE FUNCTION dfa.note_change('schedule', 'pipeline_name', 'update_date');
CREATE TRIGGER audit_update AFTER UPDATE ON dfa.task_process FOR EACH ROW WHEN ((((old.cancelled_at IS NULL) AND (new.cancelled_at IS NOT NULL)) OR (((old.status)::smallint = 1) AND ((new.status)::smallint = 2)) OR (NOT dfa.is_own_code()))) EXECUTE FUNCTION dfa.note_change('task', 'process_name_put', 'update_date,process_time,process_number_get,backend_pid');
CREATE TRIGGER audit_delete AFTER DELETE ON dfa.task_process FOR EACH ROW WHEN ((NOT dfa.is_own_code())) EXECUTE FUNCTION dfa.note_change('task', 'process_name_put', 'update_date');
create or replace view dfa.audit as
 SELECT audit_entry.at,
    lpad((audit_entry.id)::text, 20, '0'::text) AS id,
    COALESCE(audit_entry.person, audit_entry.role) AS person,
    audit_entry.way,
    audit_entry.role,
    audit_entry.kind,
    audit_entry.name,
    audit_entry.action,
    audit_entry.before,
    audit_entry.after,
    audit_entry.reason,
    audit_entry.process_id
   FROM dfa.audit_entry
UNION ALL
 SELECT task_process.created_at AS at,
    task_process.process_id AS id,
    COALESCE(task_process.person, task_process.process_by) AS person,
    COALESCE(task_process.way, 'sql'::text) AS way,
    task_process.process_by AS role,
    split_part(task_process.process_type, '|'::text, 2) AS kind,
    task_process.process_name_put AS name,
        CASE split_part(task_process.process_module, '|'::text, 2)
            WHEN 'data'::text THEN 'run'::text
            WHEN 'ingestion'::text THEN 'ingest'::text
            ELSE split_part(task_process.process_module, '|'::text, 2)
        END AS action,
    NULL::jsonb AS before,
    jsonb_strip_nulls(jsonb_build_object('run_date', task_process.run_date_put, 'run_mode', task_process.run_mode, 'parameters', task_process.parameters)) AS after,
    (task_process.parameters ->> 'started_by'::text) AS reason,
    task_process.process_id
   FROM dfa.task_process;
CREATE OR REPLACE FUNCTION dfa.history(kind text DEFAULT NULL::text, name text DEFAULT NULL::text)
 RETURNS SETOF dfa.audit
 LANGUAGE sql
 STABLE
BEGIN ATOMIC
 SELECT audit.at,
     audit.id,
     audit.person,
     audit.way,
     audit.role,
     audit.kind,
     audit.name,
     audit.action,
     audit.before,
     audit.after,
     audit.reason,
     audit.process_id
    FROM dfa.audit
   WHERE (((history.kind IS NULL) OR (audit.kind = history.kind)) AND ((history.name IS NULL) OR (audit.name = history.name)))
   ORDER BY audit.at DESC, audit.id DESC;
END;
revoke all on function dfa.history(text,text) from public;
create table dfa.password_link (
    user_name text not null,
    token_hash bytea not null,
    made_at timestamp with time zone not null,
    made_by text not null,
    ends_at timestamp with time zone not null
);
alter table dfa.password_link alter column made_at set default clock_timestamp();
alter table dfa.password_link alter column made_by set default COALESCE(dfa.person(), dfa.session_role());
alter table dfa.password_link add constraint password_link_token_hash_check CHECK ((length(token_hash) = 32));
alter table dfa.password_link add constraint password_link_pkey PRIMARY KEY (user_name);
alter table dfa.password_link add constraint password_link_token_hash_key UNIQUE (token_hash);
alter table dfa.password_link add constraint password_link_user_name_fkey FOREIGN KEY (user_name) REFERENCES dfa.user_account(user_name) ON UPDATE CASCADE ON DELETE CASCADE;
CREATE OR REPLACE FUNCTION dfa.add_password_link(user_name text, token_hash bytea, valid interval DEFAULT '1 day'::interval)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
    if token_hash is null or length(token_hash) <> 32 then
        raise exception using errcode = '22023', message = 'a link is known by the SHA-256 of its token',
            hint = 'The pages of the service make it: Admin, People.';
    end if;
    if valid is null or valid <= '0' or valid > '30 days' then
        raise exception using errcode = '22023', message = format('a link is not good for %s', coalesce(valid::text, 'null')),
            hint = 'Give some time of at most 30 days.';
    end if;
    if not exists (select from dfa.user_account as known where known.user_name = add_password_link.user_name) then
        raise exception using errcode = '42704', message = format('user %L is not known', add_password_link.user_name),
            hint = 'dfa user list has all.';
    end if;
    insert into dfa.password_link as known (user_name, token_hash, ends_at)
    values (add_password_link.user_name, add_password_link.token_hash, clock_timestamp() + valid)
    on conflict on constraint password_link_pkey do update
    set token_hash = excluded.token_hash, ends_at = excluded.ends_at, made_at = excluded.made_at, made_by = excluded.made_by;
end
$function$;
revoke all on function dfa.add_password_link(text,bytea,interval) from public;
CREATE OR REPLACE FUNCTION dfa.use_password_link(token_hash bytea, password_hash text)
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
    whose text;
begin
    delete from dfa.password_link as known
    where known.token_hash = use_password_link.token_hash and known.ends_at > clock_timestamp()
    returning known.user_name into whose;
    if found then
        perform dfa.set_password(whose, use_password_link.password_hash);
    end if;
    return whose;
end
$function$;
revoke all on function dfa.use_password_link(bytea,text) from public;
create sequence dfa.note_id_seq as bigint increment by 1 minvalue 1 maxvalue 9223372036854775807 start with 1 cache 1;
create table dfa.note (
    id bigint not null,
    kind text not null,
    name text not null,
    text text not null,
    person text,
    role text not null,
    created_at timestamp with time zone not null,
    until timestamp with time zone
);
alter table dfa.note enable row level security;
alter table dfa.note alter column id set default nextval('dfa.note_id_seq'::regclass);
alter table dfa.note alter column person set default dfa.person();
alter table dfa.note alter column role set default dfa.session_role();
alter table dfa.note alter column created_at set default clock_timestamp();
alter table dfa.note add constraint note_kind_check CHECK ((kind = ANY (ARRAY['table'::text, 'pipeline'::text, 'view'::text, 'function'::text, 'query'::text, 'task'::text])));
alter table dfa.note add constraint note_name_check CHECK ((name <> ''::text));
alter table dfa.note add constraint note_text_check CHECK (((btrim(text) <> ''::text) AND (length(text) <= 10000)));
alter table dfa.note add constraint note_pkey PRIMARY KEY (id);
CREATE INDEX note_of ON dfa.note USING btree (name, kind, created_at DESC);
CREATE INDEX note_recent ON dfa.note USING btree (created_at DESC, id DESC);
create or replace view dfa.note_now as
 SELECT note.id,
    note.kind,
    note.name,
    note.text,
    COALESCE(note.person, note.role) AS person,
    note.created_at,
    note.until
   FROM dfa.note
  WHERE ((note.until IS NULL) OR (note.until > clock_timestamp()));
CREATE OR REPLACE FUNCTION dfa.subject_of_note(kind text, given text)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
    found_names text[];
    covered text;
begin
    if kind is null or given is null then
        raise exception using errcode = '22004', message = 'a note has a kind, a name and a text',
            hint = 'Such as dfa.add_note(''table'', ''ai_sale'', ''wrong before June'').';
    end if;
    if kind = 'task' then
        select array_agg(task.process_id), min(task.process_name_put) into found_names, covered
        from dfa.task_process as task where task.process_id = btrim(given);
    elsif kind in ('table', 'pipeline', 'view', 'function', 'query') then
        select array_agg(distinct known.name), min(known.name) into found_names, covered
        from dfa.catalog as known
        where known.current and known.kind::text = subject_of_note.kind
          and (known.name = btrim(given)
               or known.shortname = btrim(given)
                  and not exists (select from dfa.catalog as exact
                                  where exact.current and exact.kind::text = subject_of_note.kind and exact.name = btrim(given)));
    else
        raise exception using errcode = '22023', message = format('notes are on no %L', kind),
            hint = 'Give table, pipeline, view, function, query or task.';
    end if;
    if coalesce(cardinality(found_names), 0) <> 1 then
        raise exception using errcode = case when found_names is null then 'DF002' else '42725' end,
            message = case when found_names is null then format('%s %L is not known', kind, given)
                           else format('%s %L is several: %s', kind, given, array_to_string(found_names, ', ')) end,
            hint = case when kind = 'task' then 'SELECT process_id FROM dfa.task_process ORDER BY created_at DESC; lists all.'
                        else 'Give its full name: SELECT kind, name FROM dfa.catalog WHERE current; lists all.' end;
    end if;
    if not dfa.key_covers(covered) then
        raise exception using errcode = '42501', message = format('key %L is not for %L', current_setting('dfa.key', true), covered),
            detail = format('It is for %s.', current_setting('dfa.key_patterns', true));
    end if;
    return found_names[1];
end
$function$;
revoke all on function dfa.subject_of_note(text,text) from public;
CREATE OR REPLACE FUNCTION dfa.add_note(kind text, name text, text text, until timestamp with time zone DEFAULT NULL::timestamp with time zone)
 RETURNS bigint
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
    subject constant text := dfa.subject_of_note(kind, name);
    made bigint;
begin
    if coalesce(btrim(add_note.text), '') = '' or length(add_note.text) > 10000 then
        raise exception using errcode = '22023', message = 'a note has a text of 1 to 10,000 characters',
            detail = format('This one has %s.', coalesce(length(btrim(add_note.text)), 0)),
            hint = 'Say what whoever looks at it tonight has to know.';
    end if;
    if add_note.until <= clock_timestamp() then
        raise exception using errcode = '22023', message = format('%s has passed already', add_note.until),
            hint = 'Give a time to come, or leave until out for a note that stands until it is removed.';
    end if;
    insert into dfa.note (kind, name, text, until)
    values (add_note.kind, subject, btrim(add_note.text), add_note.until)
    returning note.id into made;
    return made;
end
$function$;
revoke all on function dfa.add_note(text,text,text,timestamp with time zone) from public;
CREATE OR REPLACE FUNCTION dfa.remove_note(id bigint)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
    subject text;
    writer text;
begin
    select case note.kind when 'task' then (select task.process_name_put from dfa.task_process as task where task.process_id = note.name)
                          else note.name end, note.role
    into subject, writer
    from dfa.note where note.id = remove_note.id;
    if not found or not dfa.key_covers(coalesce(subject, '')) then
        raise exception using errcode = 'DF002', message = format('note %s is not known', coalesce(remove_note.id::text, 'null')),
            hint = 'SELECT id, kind, name, text FROM dfa.note_now; lists all.';
    end if;
    delete from dfa.note where note.id = remove_note.id;
    if not found then
        raise exception using errcode = '42501', message = format('permission denied to remove note %s', remove_note.id),
            detail = format('Role %I wrote it.', writer), hint = 'Whoever wrote a note removes it, or a member of dfa_admin.';
    end if;
end
$function$;
revoke all on function dfa.remove_note(bigint) from public;
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON dfa.note FOR EACH ROW EXECUTE FUNCTION dfa.note_change('note', 'name', '');
create policy seen_by_all on dfa.note for select using (true);
create policy written_in_ones_own_name on dfa.note for insert with check ((role = ( SELECT dfa.session_role() AS session_role)));
create policy changed_by_admins on dfa.note for update using (pg_has_role('dfa_admin'::name, 'member'::text));
create policy removed_by_who_wrote_it on dfa.note for delete using (((role = ( SELECT dfa.session_role() AS session_role)) OR pg_has_role('dfa_admin'::name, 'member'::text)));
create table dfa.file_source (
    table_name text not null,
    path text not null,
    looked_at timestamp with time zone,
    waiting bigint not null,
    fault text,
    unreported boolean not null
);
alter table dfa.file_source alter column waiting set default 0;
alter table dfa.file_source alter column unreported set default false;
alter table dfa.file_source add constraint file_source_pkey PRIMARY KEY (table_name);
create table dfa.file (
    table_name text not null,
    path text not null,
    version text not null,
    size bigint not null,
    modified_at timestamp with time zone not null,
    checksum text,
    state text not null,
    rows bigint not null,
    refused_rows bigint not null,
    message text not null,
    process_id text,
    noted_at timestamp with time zone not null
);
alter table dfa.file alter column rows set default 0;
alter table dfa.file alter column refused_rows set default 0;
alter table dfa.file alter column noted_at set default clock_timestamp();
alter table dfa.file add constraint file_state_check CHECK ((state = ANY (ARRAY['landed'::text, 'refused'::text, 'changed'::text, 'skipped'::text])));
alter table dfa.file add constraint file_pkey PRIMARY KEY (table_name, path, version);
CREATE INDEX file_recent ON dfa.file USING btree (noted_at DESC);
CREATE INDEX file_wrong ON dfa.file USING btree (table_name) WHERE (state = ANY (ARRAY['refused'::text, 'changed'::text]));
CREATE OR REPLACE FUNCTION dfa.look_for_files(name text, path text, fault text, waiting bigint)
 RETURNS void
 LANGUAGE sql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    insert into dfa.file_source (table_name, path) values (name, look_for_files.path) on conflict (table_name) do nothing;
    update dfa.file_source as source
    set path = look_for_files.path, looked_at = clock_timestamp(), fault = look_for_files.fault, waiting = coalesce(look_for_files.waiting, 0)
    where source.table_name = (select free.table_name from dfa.file_source as free where free.table_name = name for update skip locked)
$function$;
revoke all on function dfa.look_for_files(text,text,text,bigint) from public;
CREATE OR REPLACE FUNCTION dfa.files_to_take(name text, paths text[], versions text[], OUT path text, OUT version text, OUT verdict text)
 RETURNS SETOF record
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    select given.path, given.version,
           case when same.state is not null then 'held'
                when landed.path is not null then 'changed'
                else 'new' end
    from unnest(paths, versions) as given (path, version)
         left join dfa.file as same
              on same.table_name = name and same.path = given.path and same.version = given.version
         left join lateral (
             select before.path from dfa.file as before
             where before.table_name = name and before.path = given.path and before.state = 'landed'
             limit 1
         ) as landed on same.state is null
    where same.state is null or same.state = 'refused'
    order by given.path collate "C"
$function$;
revoke all on function dfa.files_to_take(text,text[],text[]) from public;
CREATE OR REPLACE FUNCTION dfa.note_gone_files(name text, paths text[])
 RETURNS bigint
 LANGUAGE sql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    with refused as (
        delete from dfa.file as known
        where known.table_name = name and known.state = 'refused' and known.path <> all (paths)
        returning 1
    ),
    changed as (
        update dfa.file as known
        set state = 'skipped', message = 'it is not there any more; ' || known.message, noted_at = clock_timestamp()
        where known.table_name = name and known.state = 'changed' and known.path <> all (paths)
        returning 1
    )
    select (select count(*) from refused) + (select count(*) from changed)
$function$;
revoke all on function dfa.note_gone_files(text,text[]) from public;
CREATE OR REPLACE FUNCTION dfa.claim_file(name text, path text, version text)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
    perform from dfa.file_source as source where source.table_name = name for update skip locked;
    return found
       and not exists (select from dfa.file as known
                       where known.table_name = name and known.path = claim_file.path and known.version = claim_file.version)
       and not exists (select from dfa.paused_now as held where held.kind = 'all');
end
$function$;
revoke all on function dfa.claim_file(text,text,text) from public;
CREATE OR REPLACE FUNCTION dfa.note_file(name text, path text, version text, size bigint, modified_at timestamp with time zone, checksum text, state text, rows bigint, refused_rows bigint, message text, seconds double precision, refused json DEFAULT '[]'::json)
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
    task text;
begin
    if note_file.state = 'changed' then
        update dfa.file as known
        set version = note_file.version, modified_at = note_file.modified_at
        where known.table_name = name and known.path = note_file.path and known.state <> 'refused' and known.checksum = note_file.checksum;
        if found then
            return null;
        end if;
    end if;
    insert into dfa.task_process (process_id, process_type, process_module, process_name_put, process_name_get, run_date_put, status,
                                  process_message, process_time, process_number_put, process_number_get, finished_at, parameters)
    values (dfa.new_process_id(), 'foreground|table', 'data|ingestion', name, name, dfa.today()::text,
            case note_file.state when 'landed' then 0 else 1 end, left(note_file.message, 8000), note_file.seconds::numeric, 1,
            case note_file.state when 'landed' then 1 else 0 end, clock_timestamp(),
            json_build_object('file', note_file.path, 'size', note_file.size, 'started_by', 'a file that landed'))
    returning process_id into task;
    insert into dfa.rejected_row (process_id, table_name, position, column_name, reason, row)
    select task, name, bad.position, bad.column_name, bad.reason, bad.value
    from json_to_recordset(refused) as bad (position bigint, column_name text, reason text, value json);
    insert into dfa.file (table_name, path, version, size, modified_at, checksum, state, rows, refused_rows, message, process_id)
    values (name, note_file.path, note_file.version, note_file.size, note_file.modified_at, note_file.checksum, note_file.state,
            note_file.rows, note_file.refused_rows, left(note_file.message, 8000), task);
    if note_file.state = 'landed' then
        -- What stood in its way, in an earlier form of the same file, is mended.
        delete from dfa.file as known where known.table_name = name and known.path = note_file.path and known.state = 'refused';
        update dfa.file_source as source set unreported = true where source.table_name = name and not source.unreported;
    end if;
    perform pg_notify('dfa_event', json_build_object('event', 'task', 'process_id', task, 'name', name,
                                                     'state', case note_file.state when 'landed' then 'SUCCESS' else 'FAILED' end)::text);
    return task;
end
$function$;
revoke all on function dfa.note_file(text,text,text,bigint,timestamp with time zone,text,text,bigint,bigint,text,double precision,json) from public;
CREATE OR REPLACE FUNCTION dfa.report_files(name text)
 RETURNS bigint
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
    known record;
    started bigint := 0;
begin
    update dfa.file_source as source set unreported = false
    where source.table_name = (select free.table_name from dfa.file_source as free
                               where free.table_name = name and free.unreported for update skip locked);
    if not found then
        return 0;
    end if;
    for known in
        select id.pipeline_id from dfa.task_schedule as id
        where id.kind = 'source'
          and (id.pipeline_id = name or id.pipeline_id = (select catalog.shortname from dfa.catalog
                                                          where catalog.current and catalog.kind = 'table' and catalog.name = report_files.name))
    loop
        started := started + (select count(*) from dfa.notify_source(known.pipeline_id));
    end loop;
    return started;
end
$function$;
revoke all on function dfa.report_files(text) from public;
CREATE OR REPLACE FUNCTION dfa.skip_file(name text, path text, reason text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
    if coalesce(btrim(reason), '') = '' then
        raise exception using errcode = '22023', message = 'a file is skipped for a reason', hint = 'Say why: whoever misses its rows reads it.';
    end if;
    if not dfa.key_covers(name) then
        raise exception using errcode = '42501', message = format('key %L is not for %L', current_setting('dfa.key', true), name);
    end if;
    update dfa.file as known
    set state = 'skipped', message = format('skipped: %s; it was %s: %s', btrim(reason), known.state, known.message), noted_at = clock_timestamp()
    where known.table_name = name and known.path = skip_file.path and known.state in ('refused', 'changed');
    if not found then
        raise exception using errcode = 'DF002', message = format('file %L of table %L is not known as one that is refused or changed', path, name),
            hint = 'SELECT table_name, path, state, message FROM dfa.file WHERE state IN (''refused'', ''changed''); lists all.';
    end if;
end
$function$;
revoke all on function dfa.skip_file(text,text,text) from public;
CREATE TRIGGER audit AFTER UPDATE ON dfa.file FOR EACH ROW WHEN ((new.state = 'skipped'::text)) EXECUTE FUNCTION dfa.note_change('data file', 'path', '');
create or replace view dfa.worker as
 SELECT (held.objid)::integer AS number,
    held.pid,
    (activity.usename)::text AS process_by
   FROM (pg_locks held
     JOIN pg_stat_activity activity USING (pid))
  WHERE ((held.locktype = 'object'::text) AND (held.classid = (3579)::oid) AND (held.objid > (0)::oid) AND held.granted AND (held.database = ( SELECT pg_database.oid
           FROM pg_database
          WHERE (pg_database.datname = current_database()))));
create or replace view dfa.foreground_session as
 SELECT task.process_id,
    held.pid
   FROM (pg_locks held
     JOIN dfa.task_process task ON ((((held.objid)::bigint = ((hashtext(task.process_id))::bigint & '4294967295'::bigint)) AND ((task.status)::smallint = 2))))
  WHERE ((held.locktype = 'object'::text) AND (held.classid = (3580)::oid) AND held.granted AND (held.database = ( SELECT pg_database.oid
           FROM pg_database
          WHERE (pg_database.datname = current_database()))));
create or replace view dfa.front_session as
 SELECT step.id AS step_id,
    step.process_id,
    held.pid
   FROM (pg_locks held
     JOIN dfa.task_step step ON ((((held.objid)::bigint = (step.id & '4294967295'::bigint)) AND (step.state = 'PROCESSING'::dfa.step_state) AND step.by_front)))
  WHERE ((held.locktype = 'object'::text) AND (held.classid = (3582)::oid) AND held.granted AND (held.database = ( SELECT pg_database.oid
           FROM pg_database
          WHERE (pg_database.datname = current_database()))));
create or replace view dfa.orphaned_task as
 SELECT task.process_id,
        CASE
            WHEN (role.oid IS NULL) THEN format('role %I, which submitted it, is gone'::text, task.process_by)
            ELSE format('role %I, which submitted it, has lost the rights of dfa_operator'::text, task.process_by)
        END AS reason
   FROM (dfa.task_process task
     LEFT JOIN pg_roles role ON ((role.rolname = task.process_by)))
  WHERE (((task.status)::smallint = 2) AND (task.process_type ~~ 'background|%'::text) AND ((role.oid IS NULL) OR (NOT has_schema_privilege(role.oid, 'dfa'::text, 'usage'::text)) OR (NOT has_table_privilege(role.oid, 'dfa.task_step'::text, 'insert'::text))));
CREATE INDEX catalog_limited ON dfa.catalog USING btree (name) WHERE (current AND (COALESCE((document -> 'limit'::text), (document -> 'limits'::text)) IS NOT NULL));
create or replace view dfa.step_limit as
 SELECT definition.kind,
    definition.name,
    part.key AS limit_name,
    (part.value)::integer AS most
   FROM (dfa.catalog definition
     CROSS JOIN LATERAL json_each_text(COALESCE((definition.document -> 'limit'::text), (definition.document -> 'limits'::text))) part(key, value))
  WHERE (definition.current AND (COALESCE((definition.document -> 'limit'::text), (definition.document -> 'limits'::text)) IS NOT NULL) AND (definition.kind = ANY (ARRAY['table'::dfa.definition_kind, 'pipeline'::dfa.definition_kind])));
create or replace view dfa.limit_use as
 SELECT taken.limit_name,
    min(taken.most) AS most,
    count(DISTINCT step.id) AS steps
   FROM (dfa.step_limit taken
     JOIN dfa.task_step step ON (((step.state = 'PROCESSING'::dfa.step_state) AND (((taken.kind = 'table'::dfa.definition_kind) AND (step.node = taken.name)) OR ((taken.kind = 'pipeline'::dfa.definition_kind) AND (step.pipeline_name = taken.name))))))
  WHERE (((step.worker IN ( SELECT worker.pid
           FROM dfa.worker)) AND (step.worker <> pg_backend_pid())) OR (step.by_front AND (step.started_at > (clock_timestamp() - '00:00:05'::interval))) OR (step.id IN ( SELECT front_session.step_id
           FROM dfa.front_session)))
  GROUP BY taken.limit_name;
create or replace view dfa.ready_step as
 SELECT step.id,
    step.process_id,
    step.step_order,
    task.process_by,
    task.priority
   FROM (dfa.task_process task
     JOIN dfa.task_step step USING (process_id))
  WHERE (((task.status)::smallint = 2) AND (task.process_type ~~ 'background|%'::text) AND (task.cancelled_at IS NULL) AND (NOT step.by_front) AND (NOT (EXISTS ( SELECT
           FROM dfa.paused_now
          WHERE (paused_now.kind = ANY (ARRAY['worker'::text, 'all'::text]))))) AND ((step.state = 'PROCESSING'::dfa.step_state) OR ((step.state = 'WAITING'::dfa.step_state) AND step.is_ready)) AND (((step.state = 'WAITING'::dfa.step_state) AND ((step.retry_at IS NULL) OR (step.retry_at <= clock_timestamp()))) OR ((step.state = 'PROCESSING'::dfa.step_state) AND ((step.worker = pg_backend_pid()) OR (NOT (step.worker IN ( SELECT worker.pid
           FROM dfa.worker)))))) AND (NOT (step.node IN ( SELECT other.node
           FROM dfa.task_step other
          WHERE ((other.state = 'PROCESSING'::dfa.step_state) AND (other.worker <> pg_backend_pid()) AND (other.worker IN ( SELECT worker.pid
                   FROM dfa.worker)))))) AND (NOT (step.node IN ( SELECT other.node
           FROM (dfa.task_step other
             JOIN dfa.front_session ON ((other.id = front_session.step_id)))))) AND (NOT (EXISTS ( SELECT
           FROM (dfa.step_limit own
             JOIN dfa.limit_use used USING (limit_name))
          WHERE ((((own.kind = 'table'::dfa.definition_kind) AND (own.name = step.node)) OR ((own.kind = 'pipeline'::dfa.definition_kind) AND (own.name = step.pipeline_name))) AND (used.steps >= own.most))))));
create or replace view dfa.ready_dataframe_step as
 SELECT step.id,
    step.process_id,
    step.step_order,
    task.process_by,
    task.priority
   FROM (dfa.task_process task
     JOIN dfa.task_step step USING (process_id))
  WHERE (((task.status)::smallint = 2) AND (task.cancelled_at IS NULL) AND step.by_front AND (NOT (EXISTS ( SELECT
           FROM dfa.paused_now
          WHERE (paused_now.kind = ANY (ARRAY['worker'::text, 'all'::text]))))) AND ((step.state = 'PROCESSING'::dfa.step_state) OR ((step.state = 'WAITING'::dfa.step_state) AND step.is_ready)) AND (((step.state = 'WAITING'::dfa.step_state) AND ((step.retry_at IS NULL) OR (step.retry_at <= clock_timestamp()))) OR ((step.state = 'PROCESSING'::dfa.step_state) AND (step.started_at < (clock_timestamp() - '00:00:05'::interval)) AND (NOT (step.id IN ( SELECT front_session.step_id
           FROM dfa.front_session))))) AND (NOT (step.node IN ( SELECT other.node
           FROM dfa.task_step other
          WHERE ((other.state = 'PROCESSING'::dfa.step_state) AND (other.id <> step.id) AND ((other.worker IN ( SELECT worker.pid
                   FROM dfa.worker)) OR (other.by_front AND (other.started_at > (clock_timestamp() - '00:00:05'::interval))) OR (other.id IN ( SELECT front_session.step_id
                   FROM dfa.front_session))))))) AND (NOT (EXISTS ( SELECT
           FROM (dfa.step_limit own
             JOIN dfa.limit_use used USING (limit_name))
          WHERE ((((own.kind = 'table'::dfa.definition_kind) AND (own.name = step.node)) OR ((own.kind = 'pipeline'::dfa.definition_kind) AND (own.name = step.pipeline_name))) AND (used.steps >= own.most))))));
create or replace view dfa.open_task as
 SELECT task.process_id,
    task.process_name_put AS name,
    (task.process_type ~~ '%|pipeline'::text) AS is_pipeline,
    task.created_at,
    steps.percent,
    at_work.node,
    at_work.run_date,
    state.cause,
        CASE state.cause
            WHEN 'lost'::text THEN 'the session that ran it has ended; dfa.resume does what is left'::text
            WHEN 'running'::text THEN format('runs now, at %s %%'::text, steps.percent)
            WHEN 'orphaned'::text THEN orphan.reason
            WHEN 'paused'::text THEN held.sentence
            WHEN 'queued'::text THEN format('is queued behind task %s, which runs table %L'::text, other.process_id, other.node)
            WHEN 'limit'::text THEN format('waits for limit %s: %s of %s steps are at work'::text, full_limit.limit_name, full_limit.steps, full_limit.most)
            WHEN 'retry'::text THEN format('is tried again at %s, after: %s'::text, to_char(again.retry_at, 'YYYY-MM-DD HH24:MI:SS'::text), again.message)
            WHEN 'no_front'::text THEN format('waits for a front service that runs the DataFrame functions of table %L for role %I: dfa run'::text, handed.node, task.process_by)
            WHEN 'no_worker'::text THEN format('no worker slot is free: %s of dfa.max_workers = %s are at work'::text, crew.number, crew."greatest")
            ELSE 'no worker has taken it yet'::text
        END AS sentence,
        CASE state.cause
            WHEN 'queued'::text THEN other.process_id
            ELSE NULL::text
        END AS waits_for,
        CASE state.cause
            WHEN 'running'::text THEN COALESCE(at_work.started_at, task.created_at)
            WHEN 'paused'::text THEN held.since
            ELSE task.created_at
        END AS since,
        CASE state.cause
            WHEN 'paused'::text THEN held.until
            WHEN 'retry'::text THEN again.retry_at
            ELSE NULL::timestamp with time zone
        END AS until
   FROM (((((((((((dfa.task_process task
     LEFT JOIN dfa.lost_task lost USING (process_id))
     LEFT JOIN dfa.orphaned_task orphan USING (process_id))
     LEFT JOIN ( SELECT paused_now.sentence,
            paused_now.since,
            paused_now.until
           FROM dfa.paused_now
          WHERE (paused_now.kind = ANY (ARRAY['worker'::text, 'all'::text]))
          ORDER BY paused_now.kind
         LIMIT 1) held ON (true))
     CROSS JOIN ( SELECT count(*) AS number,
            current_setting('dfa.max_workers'::text, true) AS "greatest"
           FROM dfa.worker) crew)
     CROSS JOIN LATERAL ( SELECT (COALESCE(round(((100.0 * (count(*) FILTER (WHERE (task_step.state <> ALL (ARRAY['WAITING'::dfa.step_state, 'PROCESSING'::dfa.step_state]))))::numeric) / (NULLIF(count(*), 0))::numeric), 1), (0)::numeric))::double precision AS percent
           FROM dfa.task_step
          WHERE (task_step.process_id = task.process_id)) steps)
     LEFT JOIN LATERAL ( SELECT task_step.node,
            task_step.run_date,
            task_step.started_at
           FROM dfa.task_step
          WHERE ((task_step.process_id = task.process_id) AND (task_step.state = 'PROCESSING'::dfa.step_state) AND ((task.process_type ~~ 'foreground|%'::text) OR (task_step.worker IN ( SELECT worker.pid
                   FROM dfa.worker)) OR (task_step.id IN ( SELECT front_session.step_id
                   FROM dfa.front_session))))
          ORDER BY task_step.step_order
         LIMIT 1) at_work ON (true))
     LEFT JOIN LATERAL ( SELECT task_step.retry_at,
            task_step.message
           FROM dfa.task_step
          WHERE ((task_step.process_id = task.process_id) AND (task_step.state = 'WAITING'::dfa.step_state) AND task_step.is_ready AND (task_step.retry_at > clock_timestamp()))
          ORDER BY task_step.retry_at
         LIMIT 1) again ON (true))
     LEFT JOIN LATERAL ( SELECT running.process_id,
            running.node
           FROM (dfa.task_step step
             JOIN dfa.task_step running ON ((running.node = step.node)))
          WHERE ((step.process_id = task.process_id) AND (step.state = 'WAITING'::dfa.step_state) AND step.is_ready AND (running.state = 'PROCESSING'::dfa.step_state) AND (running.process_id <> task.process_id) AND ((running.worker IN ( SELECT worker.pid
                   FROM dfa.worker)) OR (running.id IN ( SELECT front_session.step_id
                   FROM dfa.front_session))))
          ORDER BY step.step_order
         LIMIT 1) other ON (true))
     LEFT JOIN LATERAL ( SELECT own.limit_name,
            used.steps,
            own.most
           FROM ((dfa.task_step step
             JOIN dfa.step_limit own ON ((((own.kind = 'table'::dfa.definition_kind) AND (own.name = step.node)) OR ((own.kind = 'pipeline'::dfa.definition_kind) AND (own.name = step.pipeline_name)))))
             JOIN dfa.limit_use used ON (((used.limit_name = own.limit_name) AND (used.steps >= own.most))))
          WHERE ((step.process_id = task.process_id) AND (step.state = 'WAITING'::dfa.step_state) AND step.is_ready)
          ORDER BY step.step_order
         LIMIT 1) full_limit ON (true))
     LEFT JOIN LATERAL ( SELECT step.node
           FROM (dfa.ready_dataframe_step ready
             JOIN dfa.task_step step USING (id))
          WHERE (ready.process_id = task.process_id)
          ORDER BY ready.step_order
         LIMIT 1) handed ON (true))
     CROSS JOIN LATERAL ( SELECT
                CASE
                    WHEN (lost.process_id IS NOT NULL) THEN 'lost'::text
                    WHEN ((at_work.node IS NOT NULL) OR ((task.process_type ~~ 'foreground|%'::text) AND (handed.node IS NULL))) THEN 'running'::text
                    WHEN (orphan.process_id IS NOT NULL) THEN 'orphaned'::text
                    WHEN (held.sentence IS NOT NULL) THEN 'paused'::text
                    WHEN (other.process_id IS NOT NULL) THEN 'queued'::text
                    WHEN (full_limit.limit_name IS NOT NULL) THEN 'limit'::text
                    WHEN (again.retry_at IS NOT NULL) THEN 'retry'::text
                    WHEN (handed.node IS NOT NULL) THEN 'no_front'::text
                    WHEN (crew.number >= (crew."greatest")::integer) THEN 'no_worker'::text
                    ELSE 'waiting'::text
                END AS cause) state)
  WHERE ((task.status)::smallint = 2);
create type dfa.channel_kind as enum ('webhook', 'slack', 'teams', 'google_chat', 'email');
revoke all on type dfa.channel_kind from public;
create type dfa.incident_event as enum ('failed', 'late', 'refused_rows', 'files', 'paused', 'worker_crash');
revoke all on type dfa.incident_event from public;
create type dfa.delivery_state as enum ('waiting', 'sent', 'failed', 'spared');
revoke all on type dfa.delivery_state from public;
create table dfa.notify_channel (
    channel_name text not null,
    kind dfa.channel_kind not null,
    target text not null,
    secret_env text,
    created_at timestamp with time zone not null,
    created_by text not null
);
alter table dfa.notify_channel alter column created_at set default clock_timestamp();
alter table dfa.notify_channel alter column created_by set default dfa.session_role();
alter table dfa.notify_channel add constraint notify_channel_channel_name_check CHECK ((channel_name ~ '^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$'::text));
alter table dfa.notify_channel add constraint notify_channel_target_check CHECK ((btrim(target) <> ''::text));
alter table dfa.notify_channel add constraint notify_channel_secret_env_check CHECK ((secret_env ~ '^[A-Za-z_][A-Za-z0-9_]*$'::text));
alter table dfa.notify_channel add constraint notify_channel_pkey PRIMARY KEY (channel_name);
create table dfa.notify_rule (
    rule_name text not null,
    events dfa.incident_event[] not null,
    channels text[] not null,
    patterns text[],
    tags text[],
    owners text[],
    more_rows_than bigint not null,
    longer_than interval not null,
    quiet_from time without time zone,
    quiet_to time without time zone,
    tell_recovered boolean not null,
    created_at timestamp with time zone not null,
    created_by text not null
);
alter table dfa.notify_rule alter column more_rows_than set default 0;
alter table dfa.notify_rule alter column longer_than set default '1 day'::interval;
alter table dfa.notify_rule alter column tell_recovered set default true;
alter table dfa.notify_rule alter column created_at set default clock_timestamp();
alter table dfa.notify_rule alter column created_by set default dfa.session_role();
alter table dfa.notify_rule add constraint notify_rule_rule_name_check CHECK ((rule_name ~ '^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$'::text));
alter table dfa.notify_rule add constraint notify_rule_events_check CHECK ((events <> '{}'::dfa.incident_event[]));
alter table dfa.notify_rule add constraint notify_rule_channels_check CHECK ((channels <> '{}'::text[]));
alter table dfa.notify_rule add constraint notify_rule_patterns_check CHECK ((patterns <> '{}'::text[]));
alter table dfa.notify_rule add constraint notify_rule_tags_check CHECK ((tags <> '{}'::text[]));
alter table dfa.notify_rule add constraint notify_rule_owners_check CHECK ((owners <> '{}'::text[]));
alter table dfa.notify_rule add constraint notify_rule_more_rows_than_check CHECK ((more_rows_than >= 0));
alter table dfa.notify_rule add constraint notify_rule_longer_than_check CHECK ((longer_than > '00:00:00'::interval));
alter table dfa.notify_rule add constraint notify_rule_check CHECK (((quiet_from IS NULL) = (quiet_to IS NULL)));
alter table dfa.notify_rule add constraint notify_rule_check1 CHECK ((quiet_from <> quiet_to));
alter table dfa.notify_rule add constraint notify_rule_pkey PRIMARY KEY (rule_name);
create sequence dfa.incident_id_seq as bigint increment by 1 minvalue 1 maxvalue 9223372036854775807 start with 1 cache 1;
create table dfa.incident (
    id bigint not null,
    event dfa.incident_event not null,
    name text not null,
    opened_at timestamp with time zone not null,
    closed_at timestamp with time zone,
    process_id text,
    number bigint,
    cause text not null
);
alter table dfa.incident alter column id set default nextval('dfa.incident_id_seq'::regclass);
alter table dfa.incident alter column opened_at set default clock_timestamp();
alter table dfa.incident add constraint incident_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX incident_open ON dfa.incident USING btree (event, name) WHERE (closed_at IS NULL);
CREATE INDEX incident_recent ON dfa.incident USING btree (opened_at DESC);
CREATE INDEX incident_name ON dfa.incident USING btree (name, opened_at DESC);
create sequence dfa.delivery_id_seq as bigint increment by 1 minvalue 1 maxvalue 9223372036854775807 start with 1 cache 1;
create table dfa.delivery (
    id bigint not null,
    incident_id bigint,
    about text not null,
    channel_name text not null,
    rule_name text,
    state dfa.delivery_state not null,
    due_at timestamp with time zone not null,
    attempts integer not null,
    error text,
    created_at timestamp with time zone not null,
    ended_at timestamp with time zone
);
alter table dfa.delivery alter column id set default nextval('dfa.delivery_id_seq'::regclass);
alter table dfa.delivery alter column state set default 'waiting'::dfa.delivery_state;
alter table dfa.delivery alter column due_at set default clock_timestamp();
alter table dfa.delivery alter column attempts set default 0;
alter table dfa.delivery alter column created_at set default clock_timestamp();
alter table dfa.delivery add constraint delivery_about_check CHECK ((about = ANY (ARRAY['opened'::text, 'recovered'::text, 'test'::text])));
alter table dfa.delivery add constraint delivery_pkey PRIMARY KEY (id);
alter table dfa.delivery add constraint delivery_incident_id_about_channel_name_key UNIQUE (incident_id, about, channel_name);
alter table dfa.delivery add constraint delivery_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES dfa.incident(id) ON DELETE CASCADE;
alter table dfa.delivery add constraint delivery_channel_name_fkey FOREIGN KEY (channel_name) REFERENCES dfa.notify_channel(channel_name) ON DELETE CASCADE;
CREATE INDEX delivery_due ON dfa.delivery USING btree (due_at) WHERE (state = 'waiting'::dfa.delivery_state);
CREATE INDEX delivery_recent ON dfa.delivery USING btree (created_at DESC);
CREATE INDEX task_step_crashed ON dfa.task_step USING btree (node) WHERE (crashes > 0);
CREATE INDEX schedule_slot_late ON dfa.schedule_slot USING btree (pipeline_id, slot DESC) WHERE (late_at IS NOT NULL);
create or replace view dfa.labelled as
 SELECT catalog.name,
    catalog.kind,
    labels.tags,
    (catalog.document ->> 'owner'::text) AS owner
   FROM (dfa.catalog
     CROSS JOIN LATERAL ( SELECT COALESCE(array_agg(btrim(tag.value)), '{}'::text[]) AS tags
           FROM json_array_elements_text(
                CASE json_typeof((catalog.document -> 'tags'::text))
                    WHEN 'array'::text THEN (catalog.document -> 'tags'::text)
                    WHEN 'string'::text THEN to_json(string_to_array((catalog.document ->> 'tags'::text), ','::text))
                    ELSE '[]'::json
                END) tag(value)) labels)
  WHERE (catalog.current AND (catalog.kind = ANY (ARRAY['table'::dfa.definition_kind, 'pipeline'::dfa.definition_kind])));
create table dfa.incident_watch (
    one_row boolean not null,
    looked_at timestamp with time zone
);
alter table dfa.incident_watch alter column one_row set default true;
alter table dfa.incident_watch add constraint incident_watch_one_row_check CHECK (one_row);
alter table dfa.incident_watch add constraint incident_watch_pkey PRIMARY KEY (one_row);
create or replace view dfa.trouble as
 WITH since AS (
         SELECT GREATEST((COALESCE(( SELECT incident_watch.looked_at
                   FROM dfa.incident_watch), '-infinity'::timestamp with time zone) - '00:10:00'::interval), (clock_timestamp() - '2 days'::interval)) AS at
        ), ended AS (
         SELECT task_process.process_name_put AS name
           FROM dfa.task_process
          WHERE (((task_process.status)::smallint = ANY (ARRAY[0, 1])) AND (task_process.finished_at > ( SELECT since.at
                   FROM since)))
        UNION
         SELECT incident.name
           FROM dfa.incident
          WHERE (incident.closed_at IS NULL)
        ), ran AS (
         SELECT ended.name,
            newest.process_id,
            newest.status,
            newest.process_message,
            newest.cancelled_at
           FROM (ended
             CROSS JOIN LATERAL ( SELECT task.process_id,
                    task.status,
                    task.process_message,
                    task.cancelled_at
                   FROM dfa.task_process task
                  WHERE ((task.process_name_put = ended.name) AND (task.process_module = 'framework|data'::text) AND ((task.status)::smallint = ANY (ARRAY[0, 1])))
                  ORDER BY task.created_at DESC, task.process_id DESC
                 LIMIT 1) newest)
        ), taken AS (
         SELECT ended.name,
            newest.process_id,
            newest.status
           FROM (ended
             CROSS JOIN LATERAL ( SELECT task.process_id,
                    task.status
                   FROM dfa.task_process task
                  WHERE ((task.process_name_put = ended.name) AND (task.process_module = 'data|ingestion'::text) AND ((task.status)::smallint = ANY (ARRAY[0, 1])))
                  ORDER BY task.created_at DESC, task.process_id DESC
                 LIMIT 1) newest)
        )
 SELECT 'failed'::dfa.incident_event AS event,
    ran.name,
    ran.process_id,
    NULL::bigint AS number,
    COALESCE(ran.process_message, 'Error'::text) AS cause
   FROM ran
  WHERE (((ran.status)::smallint = 1) AND (ran.cancelled_at IS NULL))
UNION ALL
 SELECT 'late'::dfa.incident_event AS event,
    known.pipeline_name AS name,
    slot.process_id,
    NULL::bigint AS number,
    format('the run of %s should have ended by %s'::text, to_char(slot.slot, 'YYYY-MM-DD HH24:MI TZ'::text), to_char(slot.deadline_at, 'YYYY-MM-DD HH24:MI TZ'::text)) AS cause
   FROM (( SELECT DISTINCT ON (came.pipeline_id) came.pipeline_id,
            came.slot,
            came.process_id,
            came.deadline_at
           FROM dfa.schedule_slot came
          WHERE ((came.late_at IS NOT NULL) AND ((came.slot > (clock_timestamp() - '2 days'::interval)) OR (came.pipeline_id IN ( SELECT known_1.pipeline_id
                   FROM (dfa.task_schedule known_1
                     JOIN dfa.incident open ON (((open.name = known_1.pipeline_name) AND (open.event = 'late'::dfa.incident_event) AND (open.closed_at IS NULL))))))))
          ORDER BY came.pipeline_id, came.slot DESC) slot
     JOIN dfa.task_schedule known USING (pipeline_id))
  WHERE (NOT (EXISTS ( SELECT
           FROM (dfa.schedule_slot later
             JOIN dfa.task_process task ON ((task.process_id = later.process_id)))
          WHERE ((later.pipeline_id = slot.pipeline_id) AND (later.slot >= slot.slot) AND ((task.status)::smallint = 0)))))
UNION ALL
 SELECT 'refused_rows'::dfa.incident_event AS event,
    taken.name,
    taken.process_id,
    refused.number,
    format('%s row%s refused: %s'::text, refused.number,
        CASE refused.number
            WHEN 1 THEN ''::text
            ELSE 's'::text
        END, refused.reason) AS cause
   FROM (taken
     CROSS JOIN LATERAL ( SELECT count(*) AS number,
            (array_agg(concat_ws(' '::text, "row".column_name, "row".reason) ORDER BY "row"."position"))[1] AS reason
           FROM dfa.rejected_row "row"
          WHERE ("row".process_id = taken.process_id)) refused)
  WHERE ((refused.number > 0) AND ((taken.status)::smallint = 0))
UNION ALL
 SELECT 'files'::dfa.incident_event AS event,
    source.table_name AS name,
    first.process_id,
    wrong.number,
    COALESCE(source.fault, format('file %s is %s: %s'::text, first.path, first.state, first.message)) AS cause
   FROM (((dfa.file_source source
     JOIN dfa.catalog stored ON ((stored.current AND (stored.kind = 'table'::dfa.definition_kind) AND (stored.name = source.table_name) AND ((stored.document ->> 'source'::text) IS NOT NULL))))
     CROSS JOIN LATERAL ( SELECT count(*) AS number
           FROM dfa.file file
          WHERE ((file.table_name = source.table_name) AND (file.state = ANY (ARRAY['refused'::text, 'changed'::text])))) wrong)
     LEFT JOIN LATERAL ( SELECT file.path,
            file.state,
            file.message,
            file.process_id
           FROM dfa.file file
          WHERE ((file.table_name = source.table_name) AND (file.state = ANY (ARRAY['refused'::text, 'changed'::text])))
          ORDER BY file.path
         LIMIT 1) first ON (true))
  WHERE ((source.fault IS NOT NULL) OR (wrong.number > 0))
UNION ALL
 SELECT 'paused'::dfa.incident_event AS event,
    held.name,
    NULL::text AS process_id,
    (floor(EXTRACT(epoch FROM (clock_timestamp() - held.since))))::bigint AS number,
    held.sentence AS cause
   FROM dfa.paused_now held
  WHERE (held.since < (clock_timestamp() - ( SELECT min(rule.longer_than) AS min
           FROM dfa.notify_rule rule
          WHERE ('paused'::dfa.incident_event = ANY (rule.events)))))
UNION ALL
 SELECT 'worker_crash'::dfa.incident_event AS event,
    crashed.node AS name,
    max(crashed.process_id) AS process_id,
    sum(crashed.crashes) AS number,
    format('%s server process%s died while it ran'::text, sum(crashed.crashes),
        CASE sum(crashed.crashes)
            WHEN 1 THEN ''::text
            ELSE 'es'::text
        END) AS cause
   FROM dfa.task_step crashed
  WHERE ((crashed.crashes > 0) AND (crashed.state <> 'SUCCESS'::dfa.step_state) AND (NOT (EXISTS ( SELECT
           FROM dfa.task_step good
          WHERE ((good.node = crashed.node) AND (good.state = 'SUCCESS'::dfa.step_state) AND (good.finished_at > COALESCE(crashed.finished_at, crashed.started_at)))))))
  GROUP BY crashed.node;
create or replace view dfa.incident_subject as
 SELECT incident.id,
    subject.name
   FROM (dfa.incident
     CROSS JOIN LATERAL ( SELECT incident.name
        UNION
         SELECT step.node
           FROM dfa.task_step step
          WHERE ((incident.event = 'failed'::dfa.incident_event) AND (step.process_id = incident.process_id) AND (step.state = 'FAILED'::dfa.step_state))) subject);
CREATE OR REPLACE FUNCTION dfa.after_quiet(at timestamp with time zone, quiet_from time without time zone, quiet_to time without time zone)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
BEGIN ATOMIC
 SELECT
         CASE
             WHEN (after_quiet.quiet_from IS NULL) THEN after_quiet.at
             WHEN (after_quiet.quiet_from < after_quiet.quiet_to) THEN
             CASE
                 WHEN ((here.clock >= after_quiet.quiet_from) AND (here.clock < after_quiet.quiet_to)) THEN ((here.day + after_quiet.quiet_to) AT TIME ZONE dfa.time_zone())
                 ELSE after_quiet.at
             END
             WHEN (here.clock >= after_quiet.quiet_from) THEN (((here.day + 1) + after_quiet.quiet_to) AT TIME ZONE dfa.time_zone())
             WHEN (here.clock < after_quiet.quiet_to) THEN ((here.day + after_quiet.quiet_to) AT TIME ZONE dfa.time_zone())
             ELSE after_quiet.at
         END AS at
    FROM ( SELECT ((after_quiet.at AT TIME ZONE dfa.time_zone()))::date AS day,
             ((after_quiet.at AT TIME ZONE dfa.time_zone()))::time without time zone AS clock) here;
END;
revoke all on function dfa.after_quiet(timestamp with time zone,time without time zone,time without time zone) from public;
CREATE OR REPLACE FUNCTION dfa.note_incidents()
 RETURNS bigint
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
    looked constant timestamptz := clock_timestamp();
    changed bigint := 0;
    counted bigint;
begin
    insert into dfa.incident_watch default values on conflict do nothing;
    perform from dfa.incident_watch for update skip locked;
    if not found then
        return 0;
    end if;
    insert into dfa.incident (event, name, process_id, number, cause)
    select event, name, process_id, number, cause from dfa.trouble
    on conflict (event, name) where closed_at is null
    -- How long something has been paused, how many times it crashed.
    do update set number = excluded.number where incident.number is distinct from excluded.number;
    get diagnostics changed = row_count;
    update dfa.incident
    set closed_at = looked
    where closed_at is null
      and not exists (select from dfa.trouble where trouble.event = incident.event and trouble.name = incident.name);
    get diagnostics counted = row_count;
    update dfa.incident_watch set looked_at = looked;

    insert into dfa.delivery (incident_id, about, channel_name, rule_name, due_at)
    select open.id, 'opened', channel.channel_name, min(rule.rule_name),
           min(dfa.after_quiet(looked, rule.quiet_from, rule.quiet_to))
    from dfa.incident as open
         join dfa.notify_rule as rule
              on open.event = any (rule.events) and open.opened_at >= rule.created_at
             and (open.event <> 'refused_rows' or open.number > rule.more_rows_than)
             and (open.event <> 'paused' or open.number > extract(epoch from rule.longer_than))
         join dfa.notify_channel as channel on channel.channel_name = any (rule.channels)
    where open.closed_at is null
      and not exists (select from dfa.delivery as told
                      where told.incident_id = open.id and told.channel_name = channel.channel_name)
      and exists (
          select from dfa.incident_subject as subject left join dfa.labelled as known using (name)
          where subject.id = open.id
            and (rule.patterns is null or exists (select from unnest(rule.patterns) as pattern where dfa.name_fits(subject.name, pattern)))
            and (rule.tags is null or rule.tags && known.tags)
            and (rule.owners is null or known.owner = any (rule.owners))
      )
    group by open.id, channel.channel_name
    on conflict (incident_id, about, channel_name) do nothing;

    -- What nobody was told of while it lasted, for the quiet of the night, nobody is told of any more.
    update dfa.delivery as told
    set state = 'spared', ended_at = looked
    where told.id in (
        select told.id from dfa.delivery as told join dfa.incident as closed on closed.id = told.incident_id
        where told.state = 'waiting' and told.about = 'opened' and told.attempts = 0 and told.due_at > looked
          and closed.closed_at is not null
        for update of told skip locked
    );
    insert into dfa.delivery (incident_id, about, channel_name, rule_name, due_at)
    select told.incident_id, 'recovered', told.channel_name, told.rule_name, dfa.after_quiet(looked, rule.quiet_from, rule.quiet_to)
    from dfa.incident as closed
         join dfa.delivery as told on told.incident_id = closed.id and told.about = 'opened' and told.state <> 'spared'
         join dfa.notify_rule as rule using (rule_name)
    where closed.closed_at > looked - interval '10 minutes' and rule.tell_recovered
    on conflict (incident_id, about, channel_name) do nothing;
    return changed + counted;
end
$function$;
revoke all on function dfa.note_incidents() from public;
CREATE OR REPLACE FUNCTION dfa.claim_delivery(OUT id bigint, OUT kind text, OUT target text, OUT secret_env text, OUT about text, OUT event text, OUT name text, OUT title text, OUT text text, OUT process_id text, OUT incident_id bigint, OUT opened_at timestamp with time zone, OUT closed_at timestamp with time zone, OUT number bigint, OUT cause text, OUT channel_name text)
 RETURNS SETOF record
 LANGUAGE sql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    select told.id, channel.kind::text, channel.target, channel.secret_env, told.about, incident.event::text, incident.name,
           case told.about when 'test' then 'DFA: a test' when 'recovered' then format('DFA: %s has recovered', incident.name)
               else format('DFA: %s %s', incident.name, case incident.event
                   when 'failed' then 'has failed' when 'late' then 'is late' when 'refused_rows' then 'had rows refused'
                   when 'files' then 'has a file that cannot be taken' when 'paused' then 'is paused still' when 'worker_crash' then 'took a server process down' end) end,
           case told.about when 'test' then format('Channel %s works.', channel.channel_name)
               when 'recovered' then format('What began %s is over since %s: %s', to_char(incident.opened_at, 'YYYY-MM-DD HH24:MI TZ'),
                                            to_char(incident.closed_at, 'YYYY-MM-DD HH24:MI TZ'), incident.cause)
               else incident.cause end,
           incident.process_id, incident.id, incident.opened_at, incident.closed_at, incident.number, incident.cause, channel.channel_name
    from dfa.delivery as told
         join dfa.notify_channel as channel using (channel_name)
         left join dfa.incident on incident.id = told.incident_id
    where told.state = 'waiting' and told.due_at <= clock_timestamp()
      and (told.about <> 'recovered' or not exists (
          select from dfa.delivery as before
          where before.incident_id = told.incident_id and before.channel_name = told.channel_name
            and before.about = 'opened' and before.state = 'waiting'))
    order by told.attempts, told.due_at, told.id
    limit 1
    for update of told skip locked
$function$;
revoke all on function dfa.claim_delivery() from public;
CREATE OR REPLACE FUNCTION dfa.end_delivery(id bigint, error text DEFAULT NULL::text)
 RETURNS void
 LANGUAGE sql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    update dfa.delivery as told
    set attempts = told.attempts + 1, error = left(end_delivery.error, 2000),
        state = case when end_delivery.error is null then 'sent'
                     when told.about = 'test' or told.attempts >= 13 then 'failed' else 'waiting' end::dfa.delivery_state,
        ended_at = case when end_delivery.error is null or told.about = 'test' or told.attempts >= 13 then clock_timestamp() end,
        due_at = case when end_delivery.error is null then told.due_at
                      else clock_timestamp() + least(interval '10 seconds' * 2 ^ told.attempts, interval '1 hour') end
    where told.id = end_delivery.id
$function$;
revoke all on function dfa.end_delivery(bigint,text) from public;
CREATE OR REPLACE FUNCTION dfa.add_channel(name text, kind dfa.channel_kind, target text, secret_env text DEFAULT NULL::text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
    if name is null or name !~ '^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$' then
        raise exception using errcode = '22023', message = format('%L is no name of a channel', name),
            detail = 'A name has 1 to 63 letters, digits, dots, @, - or _ of ASCII and begins with a letter or digit.';
    end if;
    if kind is null or coalesce(btrim(target), '') = '' then
        raise exception using errcode = '22004', message = 'a channel has a kind and a target',
            hint = 'Give webhook, slack, teams or google_chat with an address, or email with addresses separated by commas; env:NAME stands for what that variable of the service holds.';
    end if;
    if target !~ '^env:[A-Za-z_][A-Za-z0-9_]*$'
       and (kind = 'email' and target !~ '^[^@,[:space:]]+@[^@,[:space:]]+(\s*,\s*[^@,[:space:]]+@[^@,[:space:]]+)*$'
            or kind <> 'email' and target !~* '^https?://[^/[:space:]@]+(/[^[:space:]]*)?$') then
        raise exception using errcode = '22023', message = format('%L is no target of kind %s', target, kind),
            hint = case kind when 'email' then 'Give addresses separated by commas.'
                             else 'Give an address that begins with https:// or http:// and names no user; or env:NAME, so that what is secret in it stays in the environment of the service.' end;
    end if;
    if secret_env is not null and (secret_env !~ '^[A-Za-z_][A-Za-z0-9_]*$' or kind <> 'webhook') then
        raise exception using errcode = '22023', message = format('%L is no variable with a secret of a %s', secret_env, kind),
            hint = 'Give a webhook the name of a variable of the service, never the secret itself.';
    end if;
    insert into dfa.notify_channel (channel_name, kind, target, secret_env) values (name, add_channel.kind, btrim(add_channel.target), add_channel.secret_env)
    on conflict (channel_name) do update set kind = excluded.kind, target = excluded.target, secret_env = excluded.secret_env;
end
$function$;
revoke all on function dfa.add_channel(text,dfa.channel_kind,text,text) from public;
CREATE OR REPLACE FUNCTION dfa.add_rule(name text, events dfa.incident_event[], channels text[], patterns text[] DEFAULT NULL::text[], tags text[] DEFAULT NULL::text[], owners text[] DEFAULT NULL::text[], more_rows_than bigint DEFAULT 0, longer_than interval DEFAULT '1 day'::interval, quiet_from time without time zone DEFAULT NULL::time without time zone, quiet_to time without time zone DEFAULT NULL::time without time zone, tell_recovered boolean DEFAULT true)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
    wrong text;
begin
    if name is null or name !~ '^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$' then
        raise exception using errcode = '22023', message = format('%L is no name of a rule', name),
            detail = 'A name has 1 to 63 letters, digits, dots, @, - or _ of ASCII and begins with a letter or digit.';
    end if;
    if coalesce(events, '{}') = '{}' or coalesce(channels, '{}') = '{}' then
        raise exception using errcode = '22023', message = 'a rule has events and channels',
            hint = 'Events are failed, late, refused_rows, files, paused and worker_crash; dfa.add_channel makes a channel.';
    end if;
    select channel into wrong from unnest(channels) as channel
    where not exists (select from dfa.notify_channel as known where known.channel_name = channel) limit 1;
    if found then
        raise exception using errcode = 'DF002', message = format('channel %L is not known', wrong),
            hint = 'SELECT channel_name FROM dfa.notify_channel; lists all; dfa.add_channel makes one.';
    end if;
    if (quiet_from is null) <> (quiet_to is null) or quiet_from = quiet_to then
        raise exception using errcode = '22023', message = 'quiet hours have a beginning and another end',
            hint = 'Give both, such as 22:00 and 06:00, or none.';
    end if;
    if more_rows_than < 0 or longer_than <= '0' then
        raise exception using errcode = '22023', message = 'more_rows_than is 0 or more, and longer_than is some time';
    end if;
    foreach wrong in array coalesce(patterns, '{}') loop
        if not exists (select from dfa.catalog as known where known.current and dfa.name_fits(known.name, wrong)) then
            raise warning using message = format('pattern %L fits no table or pipeline so far', wrong);
        end if;
    end loop;
    insert into dfa.notify_rule (rule_name, events, channels, patterns, tags, owners, more_rows_than, longer_than, quiet_from, quiet_to, tell_recovered)
    values (name, add_rule.events, add_rule.channels, nullif(add_rule.patterns, '{}'), nullif(add_rule.tags, '{}'), nullif(add_rule.owners, '{}'),
            coalesce(add_rule.more_rows_than, 0), coalesce(add_rule.longer_than, '1 day'), add_rule.quiet_from, add_rule.quiet_to,
            coalesce(add_rule.tell_recovered, true))
    on conflict (rule_name) do update
    set events = excluded.events, channels = excluded.channels, patterns = excluded.patterns, tags = excluded.tags, owners = excluded.owners,
        more_rows_than = excluded.more_rows_than, longer_than = excluded.longer_than, quiet_from = excluded.quiet_from,
        quiet_to = excluded.quiet_to, tell_recovered = excluded.tell_recovered;
end
$function$;
revoke all on function dfa.add_rule(text,dfa.incident_event[],text[],text[],text[],text[],bigint,interval,time without time zone,time without time zone,boolean) from public;
CREATE OR REPLACE FUNCTION dfa.remove_rule(name text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
    delete from dfa.notify_rule as known where known.rule_name = remove_rule.name;
    if not found then
        raise exception using errcode = 'DF002', message = format('rule %L is not known', remove_rule.name),
            hint = 'SELECT rule_name FROM dfa.notify_rule; lists all.';
    end if;
end
$function$;
revoke all on function dfa.remove_rule(text) from public;
CREATE OR REPLACE FUNCTION dfa.remove_channel(name text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
    rules text;
begin
    select string_agg(rule_name, ', ' order by rule_name) into rules from dfa.notify_rule where remove_channel.name = any (channels);
    if rules is not null then
        raise exception using errcode = '2BP01', message = format('channel %L is still named by rules: %s', remove_channel.name, rules),
            hint = 'Give them other channels (dfa.add_rule), or remove them first.';
    end if;
    delete from dfa.notify_channel as known where known.channel_name = remove_channel.name;
    if not found then
        raise exception using errcode = 'DF002', message = format('channel %L is not known', remove_channel.name),
            hint = 'SELECT channel_name FROM dfa.notify_channel; lists all.';
    end if;
end
$function$;
revoke all on function dfa.remove_channel(text) from public;
CREATE OR REPLACE FUNCTION dfa.test_channel(name text)
 RETURNS bigint
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
    made bigint;
begin
    if not exists (select from dfa.notify_channel as known where known.channel_name = test_channel.name) then
        raise exception using errcode = 'DF002', message = format('channel %L is not known', test_channel.name),
            hint = 'SELECT channel_name FROM dfa.notify_channel; lists all.';
    end if;
    insert into dfa.delivery (about, channel_name) values ('test', test_channel.name) returning delivery.id into made;
    return made;
end
$function$;
revoke all on function dfa.test_channel(text) from public;
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON dfa.notify_channel FOR EACH ROW EXECUTE FUNCTION dfa.note_change('channel', 'channel_name', 'target');
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON dfa.notify_rule FOR EACH ROW EXECUTE FUNCTION dfa.note_change('rule', 'rule_name', '');
alter table dfa.idempotent_request enable row level security;
alter table dfa.idempotent_request add constraint idempotent_request_pkey PRIMARY KEY (made_by, caller, key);
CREATE OR REPLACE FUNCTION dfa.claim_request(caller text, key text, request text, fingerprint text, OUT claimed boolean, OUT same boolean, OUT status integer, OUT answer json)
 RETURNS record
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
    -- Longer than any load balancer tries again.
    kept constant interval := interval '1 day';
begin
    delete from dfa.idempotent_request as old
    where (old.made_by, old.caller, old.key) in (
        select old.made_by, old.caller, old.key from dfa.idempotent_request as old
        where old.made_by = dfa.session_role() and old.created_at < clock_timestamp() - kept
        order by old.created_at limit 100 for update skip locked
    );
    insert into dfa.idempotent_request (caller, key, request, fingerprint)
    values (claim_request.caller, claim_request.key, claim_request.request, claim_request.fingerprint)
    on conflict do nothing;
    claimed := found;
    select known.request = claim_request.request and known.fingerprint = claim_request.fingerprint,
           known.status, known.answer
    into same, status, answer
    from dfa.idempotent_request as known
    where known.made_by = dfa.session_role() and known.caller = claim_request.caller and known.key = claim_request.key;
end
$function$;
CREATE OR REPLACE FUNCTION dfa.answer_request(caller text, key text, status integer, answer json)
 RETURNS void
 LANGUAGE sql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    update dfa.idempotent_request as known
    set status = answer_request.status, answer = answer_request.answer, answered_at = clock_timestamp()
    where known.made_by = dfa.session_role() and known.caller = answer_request.caller and known.key = answer_request.key
$function$;
CREATE OR REPLACE FUNCTION dfa.release_request(caller text, key text)
 RETURNS void
 LANGUAGE sql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    delete from dfa.idempotent_request as known
    where known.made_by = dfa.session_role() and known.caller = release_request.caller and known.key = release_request.key and known.status is null
$function$;
CREATE OR REPLACE FUNCTION dfa.setup(name text DEFAULT NULL::text, kind text DEFAULT NULL::text, run_date date DEFAULT NULL::date, initial_data text DEFAULT 'N'::text, drop_before_create text DEFAULT 'N'::text, drop_table text DEFAULT 'N'::text, drop_schema text DEFAULT 'N'::text, cascade text DEFAULT 'N'::text, move_schema boolean DEFAULT false, if_preview text DEFAULT NULL::text)
 RETURNS TABLE(kind text, name text, action text, rows bigint, status integer, message text, duration interval)
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$setup_wrapper$function$;
revoke all on function dfa.setup(text,text,date,text,text,text,text,text,boolean,text) from public;
CREATE OR REPLACE FUNCTION dfa.submit(module text, name text, run_dates date[] DEFAULT ARRAY[dfa.today()], run_mode text DEFAULT 'common'::text, params json DEFAULT '{}'::json, if_preview text DEFAULT NULL::text)
 RETURNS text
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$submit_wrapper$function$;
revoke all on function dfa.submit(text,text,date[],text,json,text) from public;
CREATE OR REPLACE FUNCTION dfa.table_freshness(name text DEFAULT NULL::text, causes boolean DEFAULT true)
 RETURNS TABLE(table_name text, owner text, tags text[], data_date date, published_at timestamp with time zone, expected_by timestamp with time zone, state text, late_since timestamp with time zone, blocked_by text, causes text[])
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$table_freshness_wrapper$function$;
revoke all on function dfa.table_freshness(text,boolean) from public;
create or replace view dfa.freshness as
 SELECT table_freshness.table_name,
    table_freshness.owner,
    table_freshness.tags,
    table_freshness.data_date,
    table_freshness.published_at,
    table_freshness.expected_by,
    table_freshness.state,
    table_freshness.late_since,
    table_freshness.blocked_by,
    table_freshness.causes
   FROM dfa.table_freshness() table_freshness(table_name, owner, tags, data_date, published_at, expected_by, state, late_since, blocked_by, causes);
CREATE OR REPLACE FUNCTION dfa.task_failure(process_id text)
 RETURNS TABLE(message text, sqlstate text, detail text, hint text, process text, statement text, line integer)
 LANGUAGE c
 STABLE
AS 'MODULE_PATHNAME', $function$task_failure_wrapper$function$;
revoke all on function dfa.task_failure(text) from public;
CREATE OR REPLACE PROCEDURE dfa.run(IN name text, IN run_dates date[] DEFAULT NULL::date[], IN run_mode text DEFAULT 'common'::text, IN choose text[] DEFAULT NULL::text[], IN auto_create boolean DEFAULT false, INOUT process_id text DEFAULT NULL::text, INOUT status integer DEFAULT NULL::integer, INOUT message text DEFAULT NULL::text, INOUT sqlstate text DEFAULT NULL::text, INOUT detail text DEFAULT NULL::text, INOUT hint text DEFAULT NULL::text, INOUT process text DEFAULT NULL::text, INOUT statement text DEFAULT NULL::text, INOUT line integer DEFAULT NULL::integer, IN if_preview text DEFAULT NULL::text)
 LANGUAGE plpgsql
AS $procedure$
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
$procedure$;
revoke all on procedure dfa.run(text,date[],text,text[],boolean,text,integer,text,text,text,text,text,text,integer,text) from public;
CREATE OR REPLACE FUNCTION dfa.try_table(name text, run_date date DEFAULT dfa.today(), run_mode text DEFAULT 'rerun'::text, sample integer DEFAULT 20)
 RETURNS TABLE(what text, process text, number bigint, rows json)
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$try_table_wrapper$function$;
revoke all on function dfa.try_table(text,date,text,integer) from public;
CREATE OR REPLACE FUNCTION dfa.unpause(what text)
 RETURNS boolean
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$unpause_wrapper$function$;
revoke all on function dfa.unpause(text) from public;
CREATE OR REPLACE FUNCTION dfa.why(name text)
 RETURNS TABLE(kind text, name text, cause text, sentence text, waits_for text, process_id text, node text, run_date date, since timestamp with time zone, until timestamp with time zone, percent double precision, late_since timestamp with time zone)
 LANGUAGE c
AS 'MODULE_PATHNAME', $function$why_wrapper$function$;
revoke all on function dfa.why(text) from public;
alter table dfa.task_process alter column process_by set default dfa.session_role();
alter table dfa.table_backup alter column made_by set default dfa.session_role();
create policy written_for_oneself on dfa.task_process for insert with check (((process_by = ( SELECT dfa.session_role() AS session_role)) AND (run_as = CURRENT_USER)));
create policy changed_by_its_owner on dfa.task_process for update using (((process_by = ( SELECT dfa.session_role() AS session_role)) OR pg_has_role('dfa_admin'::name, 'member'::text)));
create policy written_for_oneself on dfa.task_step for insert with check ((EXISTS ( SELECT
   FROM dfa.task_process task
  WHERE ((task.process_id = task_step.process_id) AND (task.process_by = ( SELECT dfa.session_role() AS session_role))))));
create policy changed_by_its_owner on dfa.task_step for update using ((EXISTS ( SELECT
   FROM dfa.task_process task
  WHERE ((task.process_id = task_step.process_id) AND ((task.process_by = ( SELECT dfa.session_role() AS session_role)) OR pg_has_role('dfa_admin'::name, 'member'::text))))));
create policy written_for_oneself on dfa.ingest_payload for insert with check ((EXISTS ( SELECT
   FROM dfa.task_process task
  WHERE ((task.process_id = ingest_payload.process_id) AND (task.process_by = ( SELECT dfa.session_role() AS session_role))))));
create policy deleted_by_its_owner on dfa.ingest_payload for delete using ((EXISTS ( SELECT
   FROM dfa.task_process task
  WHERE ((task.process_id = ingest_payload.process_id) AND ((task.process_by = ( SELECT dfa.session_role() AS session_role)) OR pg_has_role('dfa_admin'::name, 'member'::text))))));
create policy seen_by_all on dfa.table_backup for select using (true);
create policy written_for_oneself on dfa.table_backup for insert with check ((made_by = ( SELECT dfa.session_role() AS session_role)));
create policy changed_by_its_maker on dfa.table_backup for update using (((made_by = ( SELECT dfa.session_role() AS session_role)) OR pg_has_role('dfa_admin'::name, 'member'::text)));
create policy deleted_by_admins on dfa.table_backup for delete using (pg_has_role('dfa_admin'::name, 'member'::text));
alter table dfa.ingest_receipt alter column created_by set default dfa.session_role();
create policy seen_by_all on dfa.ingest_receipt for select using (true);
create policy written_for_oneself on dfa.ingest_receipt for insert with check ((created_by = ( SELECT dfa.session_role() AS session_role)));
create policy changed_by_its_maker on dfa.ingest_receipt for update using (((created_by = ( SELECT dfa.session_role() AS session_role)) OR pg_has_role('dfa_admin'::name, 'member'::text)));
create policy deleted_by_admins on dfa.ingest_receipt for delete using (pg_has_role('dfa_admin'::name, 'member'::text));
alter table dfa.idempotent_request alter column made_by set default dfa.session_role();
create policy seen_by_all on dfa.idempotent_request for select using (true);
create policy written_for_oneself on dfa.idempotent_request for insert with check ((made_by = ( SELECT dfa.session_role() AS session_role)));
create policy changed_by_its_maker on dfa.idempotent_request for update using ((made_by = ( SELECT dfa.session_role() AS session_role)));
create policy deleted_by_its_maker on dfa.idempotent_request for delete using ((made_by = ( SELECT dfa.session_role() AS session_role)));
create policy seen_by_all on dfa.ingest_chunk for select using (true);
create policy written_for_oneself on dfa.ingest_chunk for all using ((EXISTS ( SELECT
   FROM dfa.task_process task
  WHERE ((task.process_id = ingest_chunk.process_id) AND ((task.process_by = ( SELECT dfa.session_role() AS session_role)) OR pg_has_role('dfa_admin'::name, 'member'::text))))));
create policy seen_by_all on dfa.rejected_row for select using (true);
create policy written_for_oneself on dfa.rejected_row for all using ((pg_has_role('dfa_admin'::name, 'member'::text) OR (EXISTS ( SELECT
   FROM dfa.task_process task
  WHERE ((task.process_id = rejected_row.process_id) AND (task.process_by = ( SELECT dfa.session_role() AS session_role)))))));
create policy seen_by_all on dfa.audit_entry for select using (true);
create policy written_in_ones_own_name on dfa.audit_entry for insert with check ((role = ( SELECT dfa.session_role() AS session_role)));
comment on function dfa.add_channel(pg_catalog.text,dfa.channel_kind,pg_catalog.text,pg_catalog.text) is 'Makes a channel, or gives the one of this name another target: webhook (JSON, signed by the secret in secret_env), slack, teams, google_chat with an address, email with addresses by commas; env:NAME stands for what that variable of the service holds.';
comment on function dfa.add_key(pg_catalog.text,dfa.key_role,pg_catalog.text[],timestamp with time zone) is 'Makes a key of the service with the rights of role (reader, operator, admin) and returns it; nobody can see it again. patterns: the tables, pipelines and sources that it is for (src_*), default all. expires: until when it is good.';
comment on function dfa.add_note(pg_catalog.text,pg_catalog.text,pg_catalog.text,timestamp with time zone) is 'Leaves a note on a table, pipeline, view, function, query (by name or short name) or task (by process_id), until a moment or dfa.remove_note. Returns its number.';
comment on function dfa.add_password_link(pg_catalog.text,pg_catalog.bytea,interval) is 'Makes a link by which a user chooses a password, once, known by the SHA-256 of its token; an earlier one of the user is of no use any more. valid: how long it is good, a day unless said otherwise.';
comment on function dfa.add_rule(pg_catalog.text,dfa.incident_event[],pg_catalog.text[],pg_catalog.text[],pg_catalog.text[],pg_catalog.text[],bigint,interval,time without time zone,time without time zone,boolean) is 'Makes a rule, or changes the one of this name: these events of pipelines and tables that fit patterns, tags and owners are told to these channels, not in the quiet hours.';
comment on function dfa.after_quiet(timestamp with time zone,time without time zone,time without time zone) is 'The first moment from at on that is not in the quiet hours, by dfa.timezone';
comment on function dfa.ai_schema() is 'The schema of the data tables of this database. Whoever has set dfa.ai_schema to another one is refused.';
comment on function dfa.backfill(pg_catalog.text,pg_catalog.date,pg_catalog.date,pg_catalog.text,pg_catalog.text[],boolean,boolean,double precision,pg_catalog.text) is 'Asks for a run in the background over every interval that touches the days from one to another, oldest first: each node on the first day of each interval of its run_type, a week, month or year once, after the last of the shorter intervals in it. run_mode auto is common where the watermark allows it and rerun before it. only_gaps takes the intervals that dfa.gaps lists, and what reads them; downstream adds all tables that read these. Returns the process_id; null when there is nothing to do. if_preview: a token of dfa.preview_token; refused (DF015) when there is something else to do by now.';
comment on function dfa.begin_dataframe_step(bigint) is 'For front services: runs the node of a held step up to its first DataFrame process, and returns that. No row: the node has ended.';
comment on function dfa.begin_run(pg_catalog.text,pg_catalog.date[],pg_catalog.text,pg_catalog.text[],boolean,pg_catalog.text) is 'First part of CALL dfa.run: writes the task and its steps, gives its process_id.';
comment on function dfa.call_workers() is 'When the transaction commits, a worker looks for work of this role and, where dfa is preloaded, others for work of all roles. An upgrade ends with it.';
comment on function dfa.change_tasks(pg_catalog.text,pg_catalog.text[],pg_catalog.text) is 'Cancels, resumes or reruns many tasks, such as array(select process_id from dfa.task_process where …): each for itself, so that one that cannot stops no other. outcome: done or refused, with a message; new_process_id: the task that a rerun became. if_preview: a token of dfa.preview_tasks_token; all is refused (DF015) when a task has another state by now.';
comment on function dfa.claim_dataframe_step() is 'For front services: takes the next DataFrame step of a role that this session is a member of, to be committed at once.';
comment on function dfa.claim_delivery() is 'For the service: the next message that is due, with all that it says. Its row is locked until the transaction ends.';
comment on function dfa.claim_file(pg_catalog.text,pg_catalog.text,pg_catalog.text) is 'For the service: whether this transaction may deal with a file. False: another does, one did already, or everything is paused.';
comment on function dfa.dataframe_search_path(bigint) is 'For front services: the search_path with which sessions of the role that submitted a step begin, for the code of its node.';
comment on function dfa.dataframe_step_goes_on(bigint) is 'For front services: whether the task of the step is open and not cancelled.';
comment on function dfa.end_dataframe_step(bigint) is 'For front services: after the commit of a step, what follows from it.';
comment on function dfa.end_delivery(bigint,pg_catalog.text) is 'For the service: the message was sent, or why not; then it is tried again, after 10 seconds, twice as long each time, an hour at most, 14 times.';
comment on function dfa.end_web_sessions() is 'Trigger of dfa.user_account: another password ends the sessions of its user.';
comment on function dfa.fail_dataframe_step(bigint,pg_catalog.text,pg_catalog.text) is 'For front services: writes down why a held step failed (process; report as JSON with sqlstate, message, detail, hint), after a rollback to the savepoint before its node. Without a report: it was cancelled.';
comment on function dfa.file_sources() is 'For the service: the tables whose catalogs say by `source` where their files land, with the path or pattern and the options of a load as JSON.';
comment on function dfa.files_to_take(pg_catalog.text,pg_catalog.text[],pg_catalog.text[]) is 'For the service: of the files that lie there those to be dealt with, in order of name. verdict: new; changed: it landed as another; held: it was refused as it is, and those after it wait.';
comment on function dfa.finish_dataframe_step(bigint,boolean) is 'For front services: runs save of the process under way (unless there are no rows) and goes on as begin_dataframe_step does.';
comment on function dfa.gaps(pg_catalog.text,pg_catalog.date,pg_catalog.date) is 'The intervals of a table, by its run_type, that no run has covered (missing), that changed since (stale), or that the last run took before they were over (open), with the reason. "from" and "to" mean the intervals that hold them. A table that rows land in has none.';
comment on function dfa.history(pg_catalog.text,pg_catalog.text) is 'What was done to an object, the newest first: of a kind (table, pipeline, parameter, watermark, schedule, pause, user, task …), with a name, or both.';
comment on function dfa.hold_dataframe_step(bigint,timestamp with time zone) is 'For front services: begins the transaction of a claimed step; false if the claim is no longer good.';
comment on function dfa.ingest_begin(pg_catalog.text,pg_catalog.text,pg_catalog.text,timestamp with time zone,pg_catalog.date,pg_catalog.text,pg_catalog.text,boolean) is 'Begins an ingest in chunks, so that any amount can be sent in flat memory; arguments as of dfa.ingest. Returns the process_id for ingest_chunk and ingest_end. In one transaction the chunks take effect together; committed one by one, each by itself. While another such transaction is at the table, the chunks are kept, and ingest_end takes them together. With background => true they are kept, and after ingest_end a worker takes them together.';
comment on function dfa.ingest_chunk(pg_catalog.text,integer,pg_catalog.json) is 'Takes the next rows of an ingest in chunks. chunk: a number of the caller; the same number twice takes effect once. Returns the rows taken: 0 of what is kept for ingest_end or a worker.';
comment on function dfa.is_active(pg_catalog.text) is 'Whether a flag of people''s says yes: Y, y, yes, true, t or 1';
comment on function dfa.is_at_front(pg_catalog.text,bigint) is 'Part of CALL dfa.run: whether a front service still has the step; waits a little.';
comment on function dfa.is_own_code() is 'Whether a function of this extension runs the statement that calls, and not somebody''s SQL, that of a catalog included.';
comment on function dfa.keep_audit() is 'Trigger: nobody changes or deletes entries of the audit, but its trimming.';
comment on function dfa.key_covers(pg_catalog.text) is 'Whether the key of this request, by dfa.key_patterns, is for this table, pipeline or source. Without patterns it is for all.';
comment on function dfa.kind_of_restored() is 'Trigger: a schedule that does not say of what it is, and has the name of a pipeline, is that of the pipeline.';
comment on function dfa.landed(pg_catalog.text,pg_catalog.date,pg_catalog.date,bigint,double precision) is 'Says that rows of a table landed by other ways than dfa.ingest and dfa load, such as COPY: those of the days "from" to "to" (without "to": and later; without both: of unknown days). The data_date of the table follows them, and the intervals that read those days become stale. Gives their number. With rows it writes a row of dfa.data_logging. Call it in the transaction of the rows; whoever writes the log by other means leaves rows out.';
comment on function dfa.load_catalog(pg_catalog.text,pg_catalog.text,boolean) is 'Stores the definitions of one YAML document (source: its file name, for messages). A row for each definition says new, changed, same or older. strict (the default): all or nothing, with every finding: file, line, key and what to do. strict => false: what is sound is stored, and each definition that is broken is a row refused, with its finding. Warnings come as WARNING.';
comment on function dfa.load_catalogs(pg_catalog.text[],pg_catalog.text[],boolean,boolean) is 'dfa.load_catalog of a whole set: the documents of all files, each with its source, in any order. prune takes the definitions out of force that none of them holds, a row retired for each; see dfa.retire.';
comment on function dfa.look_for_files(pg_catalog.text,pg_catalog.text,pg_catalog.text,bigint) is 'For the service: somebody looked for files of a table; so many wait, or why nobody can take them.';
comment on function dfa.name_fits(pg_catalog.text,pg_catalog.text) is 'Whether a name fits a pattern, in which * stands for any part of a name and nothing else has a meaning';
comment on function dfa.neighbourhood(pg_catalog.text,integer,integer) is 'A table (by name or short name) with what it reads, up steps far, and what reads it, down steps far: distance (less than 0 what it reads, 0 itself), table, and which of these it reads.';
comment on function dfa.neighbours(pg_catalog.text) is 'The tables that a table (by name or short name) reads, also through views and functions (direction up), and those that read it (down).';
comment on function dfa.new_process_id() is 'A new id for a task: the time to the microsecond and six digits of a counter';
comment on function dfa.note_change() is 'Trigger: writes a change of a control table into dfa.audit_entry.';
comment on function dfa.note_file(pg_catalog.text,pg_catalog.text,pg_catalog.text,bigint,timestamp with time zone,pg_catalog.text,pg_catalog.text,bigint,bigint,pg_catalog.text,double precision,pg_catalog.json) is 'For the service: how a file went (landed, refused or changed), with its refused rows; gives its task.';
comment on function dfa.note_gone_files(pg_catalog.text,pg_catalog.text[]) is 'For the service: of the files that were refused or had changed, those that are not among these paths are gone: nothing is wrong with them any more. Gives their number.';
comment on function dfa.note_incidents() is 'Opens and closes incidents by what is wrong now, and writes down whom to tell; gives how many changed. The service calls it.';
comment on function dfa.notify_source(pg_catalog.text,pg_catalog.date) is 'Says that a source outside, an id that triggers name and no pipeline has, has new data, up to the day run_date (default: today in dfa.timezone); starts the pipelines that are due by that, a row for each.';
comment on function dfa.open_dataframe_result(pg_catalog.text[]) is 'For front services: makes the table for the result of the process under way, with columns for these types; returns the COPY that fills it.';
comment on function dfa.pause(pg_catalog.text,pg_catalog.text,timestamp with time zone) is 'Holds a pipeline (its schedule and triggers do not start it), worker (no background step begins; one under way ends) or all (maintenance: nothing starts, DF014; what runs ends; setup and migrate called directly go on) for a reason, until a moment or dfa.unpause. Paused anew it has the new reason and end. Slots of a pipeline that come meanwhile follow its catch_up when it goes on. worker and all are for dfa_admin.';
comment on function dfa.person() is 'In whose name this session says to work: dfa.person, which a service sets for each request, or the key of the request. Null: in that of its role alone.';
comment on function dfa.pipeline_nodes(pg_catalog.text) is 'The nodes of a pipeline (by name or short name; without one, of all) in the order in which they run: place from 1, the table, and the nodes of the same pipeline whose tables it reads.';
comment on function dfa.preview(pg_catalog.text,pg_catalog.text,pg_catalog.date[],pg_catalog.date,pg_catalog.date,pg_catalog.text,pg_catalog.text[],boolean,boolean,pg_catalog.json) is 'What dfa.submit, run_table, run_pipeline, call dfa.run, backfill ("from" and "to" given), setup or run_retention with these arguments would do, in its order; nothing is changed. module: data, setup or retention. action: common, rerun, skipped (its quota is used up) or refused; of a setup created, exists and so on (found out by doing and undoing it: for admins); of a retention delete (last_rows of them, those before last_day) or keep. cause: asked or downstream. reason: why, with what is known of the interval. last_rows, expected_seconds: rows of the last time, median of the last 30.';
comment on function dfa.preview_tasks(pg_catalog.text,pg_catalog.text[]) is 'What dfa.change_tasks with the same arguments would do with each task: action cancel, resume or rerun, or refused, and why. Nothing is changed.';
comment on function dfa.preview_tasks_token(pg_catalog.text,pg_catalog.text[]) is 'The token of what dfa.preview_tasks shows with the same arguments: what if_preview of dfa.change_tasks takes.';
comment on function dfa.preview_token(pg_catalog.text,pg_catalog.text,pg_catalog.date[],pg_catalog.date,pg_catalog.date,pg_catalog.text,pg_catalog.text[],boolean,boolean,pg_catalog.json) is 'The token of what dfa.preview shows with the same arguments. A call that gets it as if_preview does that, or is refused (DF015) with what it would do by now: other steps, or watermarks that have moved.';
comment on function dfa.remove_channel(pg_catalog.text) is 'Removes a channel that no rule names, with its messages.';
comment on function dfa.remove_note(bigint) is 'Removes a note; it stays in the audit. Who wrote it may, and admins.';
comment on function dfa.remove_rule(pg_catalog.text) is 'Removes a rule; its incidents stay.';
comment on function dfa.remove_user(pg_catalog.text) is 'Removes a user of the service.';
comment on function dfa.report_files(pg_catalog.text) is 'For the service: all files that lay there have landed; a trigger that names the table (or its short name) is told. Gives the number of pipelines that begin.';
comment on function dfa.restore_backup(pg_catalog.text,pg_catalog.date,pg_catalog.date) is 'Brings archived rows of a table back, those dated "from" to "to" (default: all), from where run_retention put them last. Returns their number.';
comment on function dfa.resume(pg_catalog.text) is 'Goes on in the background with a task that failed, was cancelled, or lost its session: the steps that did not succeed run again. Returns their number.';
comment on function dfa.retire(pg_catalog.text,pg_catalog.text) is 'Takes a definition out of force, by its kind and name: its schedule and triggers end, its history, its table and its rows stay. A later load brings it back. Refused while others name it.';
comment on function dfa.revoke_key(pg_catalog.text) is 'Revokes a key of the service: from now on it opens nothing.';
comment on function dfa.run_pipeline(pg_catalog.text,pg_catalog.date,pg_catalog.text,pg_catalog.text[],boolean,boolean,pg_catalog.text) is 'Runs the nodes of a pipeline in this transaction, as run_table does each; a failed node stops those that read its table and no others.';
comment on function dfa.run_retention(pg_catalog.text,pg_catalog.date,pg_catalog.text,pg_catalog.text,pg_catalog.text) is 'Deletes the rows that are older than their table keeps them: those before the first of the month rtt_value months before run_date (or before the newest row, if parameter data_retention_mode is data_date). name: a table or pipeline (default: all tables with rtt_value > 0, and the logs of DFA). backup_table, backup_schema: first copy the table there, replacing what is there; Y means <table>_bk and <schema>_bk. A row for each table; one that fails is undone alone. if_preview: a token of dfa.preview_token; refused (DF015) when there is something else to do by now.';
comment on function dfa.run_table(pg_catalog.text,pg_catalog.date,pg_catalog.text,pg_catalog.text[],boolean,boolean,pg_catalog.text) is 'Runs the processes of a table in this transaction; a row for each process. run_mode: common (moves the watermark on) or rerun (takes a date again). choose: processes to run, or !process for all but that one. auto_create makes a missing table. A failed node is undone, logged and reported as a row with status 1, sqlstate, detail, hint, the statement and its line, or raised if raise is true. if_preview: a token of dfa.preview_token; refused (DF015) when there is something else to do by now.';
comment on function dfa.session_role() is 'The role as which a background task of this call would run: that of the session, or of the owner of the SECURITY DEFINER function that calls.';
comment on function dfa.set_password(pg_catalog.text,pg_catalog.text) is 'Gives a user of the service another password, by its argon2id hash (dfa user passwd makes it).';
comment on function dfa.set_role(pg_catalog.text,dfa.user_role) is 'Gives a user of the service another role: viewer, operator or admin. It holds from the next request on.';
comment on function dfa.setup(pg_catalog.text,pg_catalog.text,pg_catalog.date,pg_catalog.text,pg_catalog.text,pg_catalog.text,pg_catalog.text,pg_catalog.text,boolean,pg_catalog.text) is 'Creates what catalogs define: schema, functions, tables, watermarks (from run_date, default today), first rows (initial_data), views. name: a table, function, view or pipeline (default: all); kind narrows to one. Flags take Y, N or prefix letters (A ai, S src, I imp, C ctr, P plt, F fn); drop_schema is for everything. A row for each object says what was done; one that fails is reported with its error and undone alone. move_schema => true renames the data schema of the database to dfa.ai_schema first; without it another one than that of the database is refused. if_preview: a token of dfa.preview_token; refused (DF015) when there is something else to do by now.';
comment on function dfa.skip_file(pg_catalog.text,pg_catalog.text,pg_catalog.text) is 'Leaves a file as it is that was refused, so that those after it land, or that changed after it had landed. Another form of it is looked at again.';
comment on function dfa.subject_of_note(pg_catalog.text,pg_catalog.text) is 'The full name of what a note is to be on; an error for what is not known.';
comment on function dfa.submit(pg_catalog.text,pg_catalog.text,pg_catalog.date[],pg_catalog.text,pg_catalog.json,pg_catalog.text) is 'Asks for a run in the background and returns its process_id at once; workers begin when this transaction commits, with the rights of this role. module: data (params: choose, a list of processes; auto_create; priority, less is sooner, default 99), setup (the flags of dfa.setup) or retention (backup_table, backup_schema); name null means everything in the latter two. run_dates: default today. if_preview: a token of dfa.preview_token; refused (DF015) when there is something else to do by now.';
comment on function dfa.table_freshness(pg_catalog.text,boolean) is 'How fresh each table is (name: one of them). published_at: when a run or a landing last succeeded; expected_by: when the next one should have, by fresh_within of its catalog, else by the slots and deadlines of the pipelines that run it, or of those that trigger these, else of a landed table by the longest time between its last landings. state: fresh, due (its slot has come, or its last run failed), late (expected_by is over), blocked (due or late, and held by something else: blocked_by), unknown (nothing says when). causes: why it is not fresh, the nearest first, then those of the tables that it reads. causes => false is cheaper: it leaves them out, and blocked tables are due or late.';
comment on function dfa.task_failure(pg_catalog.text) is 'The first step of a task that failed: its message with node and process, SQLSTATE, detail, hint, process, the statement and its line. No row when none failed.';
comment on function dfa.test_channel(pg_catalog.text) is 'Has the service send a message to a channel, once; dfa.delivery says how it went, under the number returned.';
comment on function dfa.tick(timestamp with time zone) is 'The scheduler: starts in the background the pipelines that are due at a moment, by their schedules and triggers; a row for each. Each slot of a pipeline is run once, whoever calls and however often. Call it every minute (the service and pg_cron do). Also does the upkeep, each thing a task: retention by dfa.retention_schedule, logs older than dfa.log_retention, partitions and their statistics each day, tasks that stand still.';
comment on function dfa.time_zone() is 'The time zone in which DFA runs: dfa.timezone, or else that of the database (ALTER DATABASE, ALTER ROLE ALL, the server''s), never that of the session.';
comment on function dfa.today() is 'Today by the clock of DFA: in the time zone dfa.timezone, or else that of the database, whatever that of the session is.';
comment on function dfa.try_table(pg_catalog.text,pg_catalog.date,pg_catalog.text,integer) is 'Runs a table for a date and takes it back, and tells what would be different: a row ran for each process, with its rows; rows new, changed, gone and same with their number and, as {before, after}, the first of them (sample, at most 100); uncompared for a table of more than 500000 rows. A failure is raised.';
comment on function dfa.unit_length(pg_catalog.text) is 'How long an interval of a run_type is: from its beginning to that of the next';
comment on function dfa.unit_name(pg_catalog.text) is 'The unit of time that a run_type counts in: day, week, month or year; its intervals begin where date_trunc of it does';
comment on function dfa.unpause(pg_catalog.text) is 'Ends a pause of a pipeline, worker or all, whoever began it; false if there was none. What waited for it begins when the caller commits, slots and triggers with the next tick.';
comment on function dfa.use_key(pg_catalog.bytea) is 'For the front service: the key with this SHA-256, its role and patterns (by commas), and why it is refused, if it is.';
comment on function dfa.use_password_link(pg_catalog.bytea,pg_catalog.text) is 'For the service: gives the user of the link with this SHA-256 the password with this argon2id hash, and returns who that is; the link is used up. Null: no link, or it has ended.';
comment on function dfa.wait(pg_catalog.text,interval) is 'Waits for the end of a task, at most for timeout (default: without end), and returns its status: 0 success, 1 failed, 2 not ended yet.';
comment on function dfa.way() is 'By which way this session came, as it says by dfa.way: web, rest, cli, scheduler, trigger; sql where it says nothing.';
comment on function dfa.why(pg_catalog.text) is 'Why a table or pipeline is not running or not fresh at this moment, in one sentence and as facts. cause: running, lost, orphaned, paused, queued, limit, retry, no_front, no_worker, waiting (of its task); inactive, failed, blocked, cancelled, quota, due, trigger, source, file, scheduled, unscheduled. waits_for: what it waits for; process_id: the task that says so; until: when that ends by itself; late_since: the deadline that its last slot missed.';
comment on procedure dfa.run(pg_catalog.text,pg_catalog.date[],pg_catalog.text,pg_catalog.text[],boolean,pg_catalog.text,integer,pg_catalog.text,pg_catalog.text,pg_catalog.text,pg_catalog.text,pg_catalog.text,pg_catalog.text,integer,pg_catalog.text) is 'Runs a pipeline or table for one or more run dates (default today) and commits after every node, so that finished nodes stay and others see the progress. Gives process_id (the row of dfa.task_process), status (0 success, 1 failed) and, of the first node that failed, message, sqlstate, detail, hint, process, statement and line. if_preview: a token of dfa.preview_token; refused (DF015) when there is something else to do by now.';
comment on table dfa.api_key_secret is 'Keys of the service with their hashes; dfa.api_key shows them without';
comment on table dfa.audit_entry is 'Changes of control tables, by whatever way; dfa.audit shows them together with tasks';
comment on table dfa.data_schema is 'The schema that the tables of this database were set up in; dfa.setup(move_schema => true) renames it';
comment on table dfa.dataframe_note is 'One row is what a DataFrame function says of an id: which models it took, why there is no forecast';
comment on table dfa.delivery is 'A message of an incident to a channel';
comment on table dfa.file is 'The files that were taken, or why not: a row for each file as it was';
comment on table dfa.file_source is 'Where the files of a table come from, and how that stands';
comment on table dfa.incident is 'What went wrong, from when to when: once, however often it was tried again';
comment on table dfa.incident_watch is 'When somebody looked for incidents last';
comment on table dfa.note is 'Notes of people; dfa.note_now leaves out those that are over';
comment on table dfa.notify_channel is 'Where messages go';
comment on table dfa.notify_rule is 'Who is told of what';
comment on table dfa.password_link is 'Links by which people choose a password, one for each of them, each good once';
comment on table dfa.paused is 'What dfa.pause paused; dfa.paused_now leaves out what has ended by itself';
comment on table dfa.refused_definition is 'What load_catalog(strict => false) refused when it was loaded last, until it is loaded without a fault';
comment on table dfa.upkeep is 'What dfa.tick does by itself: the retention of all tables, and partitions with their statistics';
comment on table dfa.web_session is 'Who is signed in to the pages of the service; a row that is deleted is signed out';
comment on type dfa.channel_kind is 'What a channel is, and so what is sent there';
comment on type dfa.delivery_state is 'waiting; sent; failed: given up; spared: over before anybody was to be told';
comment on type dfa.flag is 'Y or N, or what people write for it: see dfa.is_active';
comment on type dfa.incident_event is 'What can be wrong';
comment on type dfa.key_role is 'Whose rights a key of the service has';
comment on view dfa.api_key is 'The keys of the service, without their hashes';
comment on view dfa.audit is 'Who did what, when and by which way: every task, and every change of what decides about tasks';
comment on view dfa.freshness is 'How fresh each table is: dfa.table_freshness of all';
comment on view dfa.front_session is 'Front services that are at a DataFrame step now';
comment on view dfa.incident_subject is 'What an incident is about: its own name, and the nodes of its task that failed';
comment on view dfa.labelled is 'The tags and the owner of each table and pipeline';
comment on view dfa.limit_use is 'Steps under way of each named limit that has some';
comment on view dfa.note_now is 'The notes that stand at this moment';
comment on view dfa.open_task is 'What becomes of each task that has not ended: it runs, or waits, and why';
comment on view dfa.orphaned_task is 'Background tasks whose role is gone or has lost its rights';
comment on view dfa.paused_now is 'What is paused at this moment';
comment on view dfa.ready_dataframe_step is 'DataFrame steps that a front service can run now';
comment on view dfa.step_limit is 'Named limits of tables and pipelines, by their catalogs';
comment on view dfa.trouble is 'What is wrong at this moment, among what has ended lately and what was wrong before';
comment on column dfa.api_key.key_name is 'What logs and the audit call the key';
comment on column dfa.api_key_secret.key_name is 'What logs and the audit call the key';
comment on column dfa.audit.at is 'When';
comment on column dfa.audit_entry.id is 'In the order in which they were written';
comment on column dfa.data_schema.only_one is 'A database has one data schema';
comment on column dfa.dataframe_note.step_id is 'The step, a row of dfa.task_step';
comment on column dfa.delivery.id is 'Its number, which the receiver gets as well: one message, however often it arrives';
comment on column dfa.file.table_name is 'The table';
comment on column dfa.file_source.table_name is 'The table';
comment on column dfa.freshness.table_name is 'The table';
comment on column dfa.front_session.step_id is 'The step, a row of dfa.task_step';
comment on column dfa.incident.id is 'Its number';
comment on column dfa.incident_subject.id is 'The incident';
comment on column dfa.incident_watch.one_row is 'There is one row';
comment on column dfa.labelled.name is 'The table or pipeline';
comment on column dfa.limit_use.limit_name is 'The limit';
comment on column dfa.note.id is 'Its number';
comment on column dfa.note_now.id is 'Its number, which dfa.remove_note takes';
comment on column dfa.notify_channel.channel_name is 'What rules call it';
comment on column dfa.notify_rule.rule_name is 'Its name';
comment on column dfa.open_task.process_id is 'The task';
comment on column dfa.orphaned_task.process_id is 'The task';
comment on column dfa.password_link.user_name is 'Whose password it gives';
comment on column dfa.paused.kind is 'pipeline: schedule and triggers do not start it. worker: no background step begins. all: nothing starts';
comment on column dfa.paused_now.kind is 'pipeline, worker or all';
comment on column dfa.ready_dataframe_step.id is 'The step, a row of dfa.task_step';
comment on column dfa.refused_definition.kind is 'function, table, view, query or pipeline';
comment on column dfa.step_limit.kind is 'table or pipeline';
comment on column dfa.trouble.event is 'What is wrong';
comment on column dfa.upkeep.name is 'retention or partitions';
comment on column dfa.web_session.id is 'Number of the session';
comment on column dfa.api_key.role is 'Whose rights it has: reader, operator or admin';
comment on column dfa.api_key_secret.key_hash is 'SHA-256 of the key';
comment on column dfa.audit.id is 'With at, the order';
comment on column dfa.audit_entry.at is 'When';
comment on column dfa.data_schema.name is 'Its name';
comment on column dfa.dataframe_note.process is 'The process of its node';
comment on column dfa.delivery.incident_id is 'The incident; null: a test';
comment on column dfa.file.path is 'Where it lay, within the place that the service is given';
comment on column dfa.file_source.path is 'The path or pattern of its catalog, when somebody looked last';
comment on column dfa.freshness.owner is 'owner of its catalog';
comment on column dfa.front_session.process_id is 'Its task, a row of dfa.task_process';
comment on column dfa.incident.event is 'What was wrong';
comment on column dfa.incident_subject.name is 'A pipeline or table';
comment on column dfa.incident_watch.looked_at is 'When that was';
comment on column dfa.labelled.kind is 'table or pipeline';
comment on column dfa.limit_use.most is 'The least that a catalog says of it';
comment on column dfa.note.kind is 'What it is on: table, pipeline, view, function, query or task';
comment on column dfa.note_now.kind is 'What it is on: table, pipeline, view, function, query or task';
comment on column dfa.notify_channel.kind is 'webhook (signed JSON), slack, teams, google_chat or email';
comment on column dfa.notify_rule.events is 'failed, late, refused_rows, files, paused, worker_crash';
comment on column dfa.open_task.name is 'What was asked for';
comment on column dfa.orphaned_task.reason is 'Why nobody can run it';
comment on column dfa.password_link.token_hash is 'SHA-256 of the token in the link';
comment on column dfa.paused.name is 'The pipeline; worker and all stand for themselves';
comment on column dfa.paused_now.name is 'The pipeline; worker and all stand for themselves';
comment on column dfa.ready_dataframe_step.process_id is 'Its task, a row of dfa.task_process';
comment on column dfa.refused_definition.name is 'Name of the definition';
comment on column dfa.step_limit.name is 'What names the limit';
comment on column dfa.trouble.name is 'The pipeline or table';
comment on column dfa.upkeep.schedule is 'When it is due, in dfa.timezone; empty: never';
comment on column dfa.web_session.token_hash is 'SHA-256 of the token that the browser has in its cookie';
comment on column dfa.api_key.patterns is 'Tables, pipelines and sources that it is for, * for any part of a name; null: all';
comment on column dfa.api_key_secret.role is 'Whose rights it has: reader, operator or admin';
comment on column dfa.audit.person is 'In whose name, as the program said; else the role';
comment on column dfa.audit_entry.person is 'In whose name, as the program said';
comment on column dfa.data_schema.set_at is 'When it was set up, or renamed';
comment on column dfa.dataframe_note.id is 'The id, as the load gives it';
comment on column dfa.delivery.about is 'opened, recovered or test';
comment on column dfa.file.version is 'What tells it from what lay there before: tag of the store, or size and date';
comment on column dfa.file_source.looked_at is 'When somebody looked last';
comment on column dfa.freshness.tags is 'tags of its catalog';
comment on column dfa.front_session.pid is 'Server process of the session that holds it';
comment on column dfa.incident.name is 'The pipeline or table';
comment on column dfa.labelled.tags is 'Its tags';
comment on column dfa.limit_use.steps is 'Steps that other workers are at';
comment on column dfa.note.name is 'The name of that; of a task its process_id';
comment on column dfa.note_now.name is 'The name of that; of a task its process_id';
comment on column dfa.notify_channel.target is 'An address, addresses of e-mail by commas, or env:NAME for what that variable of the service holds';
comment on column dfa.notify_rule.channels is 'Where the messages go';
comment on column dfa.open_task.is_pipeline is 'It is about a pipeline';
comment on column dfa.password_link.made_at is 'When it was made';
comment on column dfa.paused.reason is 'Why, in the words of who paused it';
comment on column dfa.paused_now.reason is 'Why';
comment on column dfa.ready_dataframe_step.step_order is 'Place in the task, from 1';
comment on column dfa.refused_definition.source is 'File that it came from';
comment on column dfa.step_limit.limit_name is 'The limit';
comment on column dfa.task_schedule.pipeline_type is 'What people call it; of no meaning to the scheduler';
comment on column dfa.trouble.process_id is 'The task that shows it';
comment on column dfa.upkeep.next_at is 'When it is due next';
comment on column dfa.web_session.user_name is 'Who is signed in';
comment on column dfa.api_key.expires_at is 'Until when it is good; null: until it is revoked';
comment on column dfa.api_key_secret.patterns is 'Tables, pipelines and sources that it is for, * for any part of a name; null: all';
comment on column dfa.audit.way is 'web, rest, cli, sql, scheduler or trigger';
comment on column dfa.audit_entry.way is 'web, rest, cli, sql, scheduler or trigger';
comment on column dfa.dataframe_note.model is 'The models whose mean was taken, best first';
comment on column dfa.delivery.channel_name is 'Where it goes';
comment on column dfa.file.size is 'Its bytes';
comment on column dfa.file_source.waiting is 'Files that were there then and have not been taken';
comment on column dfa.freshness.data_date is 'Date up to which its rows reach';
comment on column dfa.incident.opened_at is 'When it was noticed';
comment on column dfa.labelled.owner is 'Its owner';
comment on column dfa.note.text is 'What it says';
comment on column dfa.note_now.text is 'What it says';
comment on column dfa.notify_channel.secret_env is 'The variable of the service that holds the secret of the signature';
comment on column dfa.notify_rule.patterns is 'Pipelines and tables that it is about, * for any part of a name; null: all';
comment on column dfa.open_task.created_at is 'When it was asked for';
comment on column dfa.password_link.made_by is 'Who made it';
comment on column dfa.paused.paused_by is 'Role that paused it';
comment on column dfa.paused_now.paused_by is 'Role that paused it';
comment on column dfa.ready_dataframe_step.process_by is 'The role that submitted it';
comment on column dfa.refused_definition.finding is 'What is wrong with it, a line for each finding';
comment on column dfa.rejected_row."position" is 'Its place in the payload, in the whole stream of an ingest in chunks, from 1';
comment on column dfa.step_limit.most is 'At most so many of its steps run at once in the background';
comment on column dfa.trouble.number is 'Refused rows, crashes, or seconds of a pause';
comment on column dfa.upkeep.process_id is 'The task that did it last';
comment on column dfa.web_session.created_at is 'When he signed in';
comment on column dfa.api_key.created_at is 'When it was made';
comment on column dfa.api_key_secret.expires_at is 'Until when it is good; null: until it is revoked';
comment on column dfa.audit.role is 'Role of the session, whatever the program said';
comment on column dfa.audit_entry.role is 'Role of the session, whatever the program said';
comment on column dfa.dataframe_note.errors is 'Mean absolute error of each candidate over its cut-offs; null: not judged';
comment on column dfa.delivery.rule_name is 'The rule that wants it';
comment on column dfa.file.modified_at is 'When it was last written';
comment on column dfa.file_source.fault is 'Why it cannot be looked at, or no file of it be taken; null: it can';
comment on column dfa.freshness.published_at is 'When a run or a landing last succeeded';
comment on column dfa.incident.closed_at is 'When it was noticed to be over; null: it lasts';
comment on column dfa.note.person is 'In whose name it was written, as the program said';
comment on column dfa.note_now.person is 'In whose name it was written, as the program said; else the role';
comment on column dfa.notify_channel.created_at is 'When it was made';
comment on column dfa.notify_rule.tags is 'One of these tags of what it is about; null: any';
comment on column dfa.open_task.percent is 'Steps that ended, of all';
comment on column dfa.password_link.ends_at is 'Until when it is good';
comment on column dfa.paused.since is 'Since when it has been paused';
comment on column dfa.paused_now.since is 'Since when';
comment on column dfa.ready_dataframe_step.priority is 'That of its pipeline; the least comes first';
comment on column dfa.refused_definition.refused_at is 'When it was refused last';
comment on column dfa.trouble.cause is 'The same to be read';
comment on column dfa.web_session.seen_at is 'His last request, to the minute';
comment on column dfa.api_key.created_by is 'Role that made it';
comment on column dfa.api_key_secret.created_at is 'When it was made';
comment on column dfa.audit.kind is 'What it was done to: table, pipeline, parameter, watermark, schedule, pause, user, key, task and so on; all: everything';
comment on column dfa.audit_entry.kind is 'What was changed: table, pipeline, view, function, query, file, parameter, watermark, schedule, pause, note, user, key, channel, rule, schema, task';
comment on column dfa.dataframe_note.reason is 'Why there is no forecast, or a simpler one';
comment on column dfa.delivery.state is 'waiting, sent, failed or spared';
comment on column dfa.file.checksum is 'SHA-256 of its bytes';
comment on column dfa.file_source.unreported is 'Files landed that its trigger has not been told of';
comment on column dfa.freshness.expected_by is 'When the next one should have';
comment on column dfa.incident.process_id is 'The task in which it was noticed';
comment on column dfa.note.role is 'Role that wrote it';
comment on column dfa.note_now.created_at is 'When';
comment on column dfa.notify_channel.created_by is 'Role that made it';
comment on column dfa.notify_rule.owners is 'One of these owners of what it is about; null: any';
comment on column dfa.open_task.node is 'The table that runs now';
comment on column dfa.paused.until is 'When it ends by itself; null: by dfa.unpause alone';
comment on column dfa.paused_now.until is 'When it ends by itself; null: by dfa.unpause alone';
comment on column dfa.refused_definition.refused_by is 'Role that loaded it';
comment on column dfa.task_schedule.active_flg is 'Whether the scheduler starts it: see dfa.is_active';
comment on column dfa.web_session.idle is 'How long after his last request it ends';
comment on column dfa.api_key.revoked_at is 'When it was revoked';
comment on column dfa.api_key_secret.created_by is 'Role that made it';
comment on column dfa.audit.name is 'Its name';
comment on column dfa.audit_entry.name is 'Its name';
comment on column dfa.delivery.due_at is 'Not sent before this';
comment on column dfa.file.state is 'landed; refused: it cannot be read, or has rows that are refused, and holds up those after it; changed: it landed before as another; skipped: somebody said so';
comment on column dfa.freshness.state is 'fresh, due, late, blocked or unknown';
comment on column dfa.incident.number is 'Refused rows, files, crashes, or seconds of a pause';
comment on column dfa.note.created_at is 'When';
comment on column dfa.note_now.until is 'When it is over; null: it stands until it is removed';
comment on column dfa.notify_rule.more_rows_than is 'Of refused rows: more than so many';
comment on column dfa.open_task.run_date is 'The date that it runs for';
comment on column dfa.paused_now.sentence is 'Who, until when and why, to be read';
comment on column dfa.task_schedule.kind is 'pipeline of the catalog; source: something outside; retired: a pipeline out of force';
comment on column dfa.web_session.ends_at is 'When it ends in any case';
comment on column dfa.api_key.revoked_by is 'Role that revoked it';
comment on column dfa.api_key_secret.revoked_at is 'When it was revoked';
comment on column dfa.audit.action is 'run, setup, retention, ingest, delete, migrate, upkeep; insert, update, delete of a row; cancel, resume';
comment on column dfa.audit_entry.action is 'insert, update or delete; cancel and resume of a task';
comment on column dfa.delivery.attempts is 'How often it was tried';
comment on column dfa.file.rows is 'Its rows that landed';
comment on column dfa.freshness.late_since is 'expected_by, where that is over';
comment on column dfa.incident.cause is 'What the task said';
comment on column dfa.ingest_chunk.objects is 'Objects in its payload';
comment on column dfa.note.until is 'When it is over; null: it stands until it is removed';
comment on column dfa.notify_rule.longer_than is 'Of a pause: longer than this';
comment on column dfa.open_task.cause is 'running; or lost, orphaned, paused, queued, limit, retry, no_front, no_worker, waiting';
comment on column dfa.web_session.address is 'Where he signed in from';
comment on column dfa.api_key.last_used_at is 'When it was last used, to the minute';
comment on column dfa.api_key_secret.revoked_by is 'Role that revoked it';
comment on column dfa.audit.before is 'Of a change: what it was, without what is secret';
comment on column dfa.audit_entry.before is 'The row as it was, without what is secret';
comment on column dfa.delivery.error is 'Why the last try failed';
comment on column dfa.file.refused_rows is 'Its rows that were refused';
comment on column dfa.freshness.blocked_by is 'Of a blocked table the one that it waits for in the end, or itself where its pipeline is held';
comment on column dfa.idempotent_request.made_by is 'The role of the service that answers';
comment on column dfa.ingest_chunk.objects_before is 'Objects of the chunks before it, as known when it came';
comment on column dfa.notify_rule.quiet_from is 'From when nobody is told, by dfa.timezone';
comment on column dfa.open_task.sentence is 'The same to be read';
comment on column dfa.rejected_row.chunk is 'The chunk that it came in, of an ingest in chunks';
comment on column dfa.web_session.agent is 'The program that he signed in with, as it calls itself';
comment on column dfa.api_key.state is 'active, expired or revoked';
comment on column dfa.api_key_secret.last_used_at is 'When it was last used, to the minute';
comment on column dfa.audit.after is 'Of a change: what it became; of a task what was asked for';
comment on column dfa.audit_entry.after is 'The row as it is, without what is secret';
comment on column dfa.delivery.created_at is 'When it was written down';
comment on column dfa.file.message is 'How it went';
comment on column dfa.freshness.causes is 'Why it is not fresh, the nearest first';
comment on column dfa.ingest_chunk.first_day is 'The first day of the rows of a chunk that commits with others, which is noted at their end';
comment on column dfa.notify_rule.quiet_to is 'When what was kept back is told, if it still lasts';
comment on column dfa.open_task.waits_for is 'The task that it is queued behind';
comment on column dfa.audit.reason is 'Why, as far as somebody said';
comment on column dfa.audit_entry.reason is 'dfa.reason of the session, or the reason of a pause';
comment on column dfa.delivery.ended_at is 'When it was sent, or given up';
comment on column dfa.file.process_id is 'Its task';
comment on column dfa.ingest_chunk.last_day is 'The last day of these rows';
comment on column dfa.notify_rule.tell_recovered is 'Whether the end of an incident is told, too';
comment on column dfa.open_task.since is 'Since when it is so';
comment on column dfa.task_step.by_front is 'Runs DataFrame functions: a front service runs it, no worker';
comment on column dfa.audit.process_id is 'The task';
comment on column dfa.audit_entry.process_id is 'The task that it is about';
comment on column dfa.data_pipeline.active_flg is 'Whether it runs: see dfa.is_active';
comment on column dfa.file.noted_at is 'When that was';
comment on column dfa.notify_rule.created_at is 'When it was made: what was wrong before is not told';
comment on column dfa.open_task.until is 'When that ends by itself, where it does';
comment on column dfa.data_pipeline.landed is 'Rows landed since it was set up, so that the data_date of an external table is theirs';
comment on column dfa.notify_rule.created_by is 'Role that made it';
comment on column dfa.task_schedule.run_date is 'Greatest run date of its last success; what it triggers runs for that date';
comment on column dfa.data_pipeline.kept_from is 'Retention has deleted rows before this day, and nobody has brought them back';
comment on column dfa.task_step.audits is 'What each test of the table found, passed or not: audit, severity, found, and up to 20 of the rows';
comment on column dfa.task_process.parent is 'The task that set it off: whose success its trigger waited for (the latest), which failed and is tried again, or which it is a rerun of; null: a clock or somebody';
comment on column dfa.task_process.person is 'In whose name it was begun, as the program said; process_by is the role, whatever it said';
comment on column dfa.task_process.way is 'web, rest, cli, sql, scheduler or trigger';
grant execute on function dfa.add_channel(text,dfa.channel_kind,text,text) to dfa_admin;
grant execute on function dfa.add_key(text,dfa.key_role,text[],timestamp with time zone) to dfa_admin;
grant execute on function dfa.add_note(text,text,text,timestamp with time zone) to dfa_operator;
grant execute on function dfa.add_password_link(text,bytea,interval) to dfa_admin;
grant execute on function dfa.add_rule(text,dfa.incident_event[],text[],text[],text[],text[],bigint,interval,time without time zone,time without time zone,boolean) to dfa_admin;
grant execute on function dfa.after_quiet(timestamp with time zone,time without time zone,time without time zone) to dfa_reader;
grant execute on function dfa.ai_schema() to dfa_reader;
grant execute on function dfa.backfill(text,date,date,text,text[],boolean,boolean,double precision,text) to dfa_operator;
grant execute on function dfa.begin_dataframe_step(bigint) to dfa_operator;
grant execute on function dfa.begin_run(text,date[],text,text[],boolean,text) to dfa_operator;
grant execute on function dfa.call_workers() to dfa_operator;
grant execute on function dfa.change_tasks(text,text[],text) to dfa_operator;
grant execute on function dfa.claim_dataframe_step() to dfa_operator;
grant execute on function dfa.claim_delivery() to dfa_operator;
grant execute on function dfa.claim_file(text,text,text) to dfa_operator;
grant execute on function dfa.dataframe_search_path(bigint) to dfa_operator;
grant execute on function dfa.dataframe_step_goes_on(bigint) to dfa_operator;
grant execute on function dfa.end_dataframe_step(bigint) to dfa_operator;
grant execute on function dfa.end_delivery(bigint,text) to dfa_operator;
grant execute on function dfa.end_web_sessions() to dfa_admin;
grant execute on function dfa.fail_dataframe_step(bigint,text,text) to dfa_operator;
grant execute on function dfa.file_sources() to dfa_reader;
grant execute on function dfa.files_to_take(text,text[],text[]) to dfa_reader;
grant execute on function dfa.finish_dataframe_step(bigint,boolean) to dfa_operator;
grant execute on function dfa.history(text,text) to dfa_reader;
grant execute on function dfa.hold_dataframe_step(bigint,timestamp with time zone) to dfa_operator;
grant execute on function dfa.is_active(text) to dfa_reader;
grant execute on function dfa.is_at_front(text,bigint) to dfa_operator;
grant execute on function dfa.is_own_code() to dfa_reader;
grant execute on function dfa.key_covers(text) to dfa_reader;
grant execute on function dfa.landed(text,date,date,bigint,double precision) to dfa_operator;
grant execute on function dfa.load_catalog(text,text,boolean) to dfa_admin;
grant execute on function dfa.load_catalogs(text[],text[],boolean,boolean) to dfa_admin;
grant execute on function dfa.look_for_files(text,text,text,bigint) to dfa_operator;
grant execute on function dfa.name_fits(text,text) to dfa_reader;
grant execute on function dfa.neighbourhood(text,integer,integer) to dfa_reader;
grant execute on function dfa.neighbours(text) to dfa_reader;
grant execute on function dfa.new_process_id() to dfa_operator;
grant execute on function dfa.note_file(text,text,text,bigint,timestamp with time zone,text,text,bigint,bigint,text,double precision,json) to dfa_operator;
grant execute on function dfa.note_gone_files(text,text[]) to dfa_operator;
grant execute on function dfa.note_incidents() to dfa_operator;
grant execute on function dfa.notify_source(text,date) to dfa_operator;
grant execute on function dfa.open_dataframe_result(text[]) to dfa_operator;
grant execute on function dfa.pause(text,text,timestamp with time zone) to dfa_operator;
grant execute on function dfa.person() to dfa_reader;
grant execute on function dfa.pipeline_nodes(text) to dfa_reader;
grant execute on function dfa.preview(text,text,date[],date,date,text,text[],boolean,boolean,json) to dfa_reader;
grant execute on function dfa.preview_tasks(text,text[]) to dfa_reader;
grant execute on function dfa.preview_tasks_token(text,text[]) to dfa_reader;
grant execute on function dfa.preview_token(text,text,date[],date,date,text,text[],boolean,boolean,json) to dfa_reader;
grant execute on function dfa.remove_channel(text) to dfa_admin;
grant execute on function dfa.remove_note(bigint) to dfa_operator;
grant execute on function dfa.remove_rule(text) to dfa_admin;
grant execute on function dfa.remove_user(text) to dfa_admin;
grant execute on function dfa.report_files(text) to dfa_operator;
grant execute on function dfa.retire(text,text) to dfa_admin;
grant execute on function dfa.revoke_key(text) to dfa_admin;
grant execute on function dfa.run_pipeline(text,date,text,text[],boolean,boolean,text) to dfa_operator;
grant execute on function dfa.run_retention(text,date,text,text,text) to dfa_operator;
grant execute on function dfa.run_table(text,date,text,text[],boolean,boolean,text) to dfa_operator;
grant execute on function dfa.session_role() to dfa_reader;
grant execute on function dfa.set_password(text,text) to dfa_admin;
grant execute on function dfa.set_role(text,dfa.user_role) to dfa_admin;
grant execute on function dfa.setup(text,text,date,text,text,text,text,text,boolean,text) to dfa_admin;
grant execute on function dfa.skip_file(text,text,text) to dfa_operator;
grant execute on function dfa.subject_of_note(text,text) to dfa_reader;
grant execute on function dfa.submit(text,text,date[],text,json,text) to dfa_operator;
grant execute on function dfa.table_freshness(text,boolean) to dfa_reader;
grant execute on function dfa.task_failure(text) to dfa_reader;
grant execute on function dfa.test_channel(text) to dfa_admin;
grant execute on function dfa.time_zone() to dfa_reader;
grant execute on function dfa.today() to dfa_reader;
grant execute on function dfa.try_table(text,date,text,integer) to dfa_operator;
grant execute on function dfa.unit_length(text) to dfa_reader;
grant execute on function dfa.unit_name(text) to dfa_reader;
grant execute on function dfa.unpause(text) to dfa_operator;
grant execute on function dfa.use_key(bytea) to dfa_admin;
grant execute on function dfa.use_password_link(bytea,text) to dfa_admin;
grant execute on function dfa.way() to dfa_reader;
grant execute on function dfa.why(text) to dfa_reader;
grant execute on procedure dfa.run(text,date[],text,text[],boolean,text,integer,text,text,text,text,text,text,integer,text) to dfa_operator;
grant select on sequence dfa.audit_entry_id_seq to dfa_admin;
grant update on sequence dfa.audit_entry_id_seq to dfa_admin;
grant usage on sequence dfa.audit_entry_id_seq to dfa_admin;
grant usage on sequence dfa.audit_entry_id_seq to dfa_operator;
grant select on sequence dfa.audit_entry_id_seq to dfa_reader;
grant select on sequence dfa.delivery_id_seq to dfa_admin;
grant update on sequence dfa.delivery_id_seq to dfa_admin;
grant usage on sequence dfa.delivery_id_seq to dfa_admin;
grant usage on sequence dfa.delivery_id_seq to dfa_operator;
grant select on sequence dfa.delivery_id_seq to dfa_reader;
grant select on sequence dfa.incident_id_seq to dfa_admin;
grant update on sequence dfa.incident_id_seq to dfa_admin;
grant usage on sequence dfa.incident_id_seq to dfa_admin;
grant usage on sequence dfa.incident_id_seq to dfa_operator;
grant select on sequence dfa.incident_id_seq to dfa_reader;
grant select on sequence dfa.note_id_seq to dfa_admin;
grant update on sequence dfa.note_id_seq to dfa_admin;
grant usage on sequence dfa.note_id_seq to dfa_admin;
grant usage on sequence dfa.note_id_seq to dfa_operator;
grant select on sequence dfa.note_id_seq to dfa_reader;
grant select on sequence dfa.web_session_id_seq to dfa_admin;
grant update on sequence dfa.web_session_id_seq to dfa_admin;
grant usage on sequence dfa.web_session_id_seq to dfa_admin;
grant select on sequence dfa.web_session_id_seq to dfa_reader;
grant delete on table dfa.api_key to dfa_admin;
grant insert on table dfa.api_key to dfa_admin;
grant select on table dfa.api_key to dfa_admin;
grant update on table dfa.api_key to dfa_admin;
grant select on table dfa.api_key to dfa_reader;
grant delete on table dfa.api_key_secret to dfa_admin;
grant insert on table dfa.api_key_secret to dfa_admin;
grant select on table dfa.api_key_secret to dfa_admin;
grant update on table dfa.api_key_secret to dfa_admin;
grant delete on table dfa.audit to dfa_admin;
grant insert on table dfa.audit to dfa_admin;
grant select on table dfa.audit to dfa_admin;
grant update on table dfa.audit to dfa_admin;
grant select on table dfa.audit to dfa_reader;
grant select on table dfa.audit_entry to dfa_admin;
grant insert on table dfa.audit_entry to dfa_operator;
grant select on table dfa.audit_entry to dfa_reader;
grant update (kept_from) on table dfa.data_pipeline to dfa_operator;
grant update (landed) on table dfa.data_pipeline to dfa_operator;
grant delete on table dfa.data_schema to dfa_admin;
grant insert on table dfa.data_schema to dfa_admin;
grant select on table dfa.data_schema to dfa_admin;
grant update on table dfa.data_schema to dfa_admin;
grant select on table dfa.data_schema to dfa_reader;
grant delete on table dfa.dataframe_note to dfa_admin;
grant insert on table dfa.dataframe_note to dfa_admin;
grant select on table dfa.dataframe_note to dfa_admin;
grant update on table dfa.dataframe_note to dfa_admin;
grant insert on table dfa.dataframe_note to dfa_operator;
grant select on table dfa.dataframe_note to dfa_reader;
grant delete on table dfa.delivery to dfa_admin;
grant insert on table dfa.delivery to dfa_admin;
grant select on table dfa.delivery to dfa_admin;
grant update on table dfa.delivery to dfa_admin;
grant insert on table dfa.delivery to dfa_operator;
grant update on table dfa.delivery to dfa_operator;
grant select on table dfa.delivery to dfa_reader;
grant delete on table dfa.file to dfa_admin;
grant insert on table dfa.file to dfa_admin;
grant select on table dfa.file to dfa_admin;
grant update on table dfa.file to dfa_admin;
grant delete on table dfa.file to dfa_operator;
grant insert on table dfa.file to dfa_operator;
grant update on table dfa.file to dfa_operator;
grant select on table dfa.file to dfa_reader;
grant delete on table dfa.file_source to dfa_admin;
grant insert on table dfa.file_source to dfa_admin;
grant select on table dfa.file_source to dfa_admin;
grant update on table dfa.file_source to dfa_admin;
grant insert on table dfa.file_source to dfa_operator;
grant update on table dfa.file_source to dfa_operator;
grant select on table dfa.file_source to dfa_reader;
grant delete on table dfa.freshness to dfa_admin;
grant insert on table dfa.freshness to dfa_admin;
grant select on table dfa.freshness to dfa_admin;
grant update on table dfa.freshness to dfa_admin;
grant select on table dfa.freshness to dfa_reader;
grant delete on table dfa.front_session to dfa_admin;
grant insert on table dfa.front_session to dfa_admin;
grant select on table dfa.front_session to dfa_admin;
grant update on table dfa.front_session to dfa_admin;
grant select on table dfa.front_session to dfa_reader;
grant delete on table dfa.incident to dfa_admin;
grant insert on table dfa.incident to dfa_admin;
grant select on table dfa.incident to dfa_admin;
grant update on table dfa.incident to dfa_admin;
grant insert on table dfa.incident to dfa_operator;
grant update on table dfa.incident to dfa_operator;
grant select on table dfa.incident to dfa_reader;
grant delete on table dfa.incident_subject to dfa_admin;
grant insert on table dfa.incident_subject to dfa_admin;
grant select on table dfa.incident_subject to dfa_admin;
grant update on table dfa.incident_subject to dfa_admin;
grant select on table dfa.incident_subject to dfa_reader;
grant delete on table dfa.incident_watch to dfa_admin;
grant insert on table dfa.incident_watch to dfa_admin;
grant select on table dfa.incident_watch to dfa_admin;
grant update on table dfa.incident_watch to dfa_admin;
grant insert on table dfa.incident_watch to dfa_operator;
grant update on table dfa.incident_watch to dfa_operator;
grant select on table dfa.incident_watch to dfa_reader;
grant delete on table dfa.labelled to dfa_admin;
grant insert on table dfa.labelled to dfa_admin;
grant select on table dfa.labelled to dfa_admin;
grant update on table dfa.labelled to dfa_admin;
grant select on table dfa.labelled to dfa_reader;
grant delete on table dfa.limit_use to dfa_admin;
grant insert on table dfa.limit_use to dfa_admin;
grant select on table dfa.limit_use to dfa_admin;
grant update on table dfa.limit_use to dfa_admin;
grant select on table dfa.limit_use to dfa_reader;
grant delete on table dfa.note to dfa_admin;
grant insert on table dfa.note to dfa_admin;
grant select on table dfa.note to dfa_admin;
grant update on table dfa.note to dfa_admin;
grant delete on table dfa.note to dfa_operator;
grant insert on table dfa.note to dfa_operator;
grant select on table dfa.note to dfa_reader;
grant delete on table dfa.note_now to dfa_admin;
grant insert on table dfa.note_now to dfa_admin;
grant select on table dfa.note_now to dfa_admin;
grant update on table dfa.note_now to dfa_admin;
grant select on table dfa.note_now to dfa_reader;
grant delete on table dfa.notify_channel to dfa_admin;
grant insert on table dfa.notify_channel to dfa_admin;
grant select on table dfa.notify_channel to dfa_admin;
grant update on table dfa.notify_channel to dfa_admin;
grant select on table dfa.notify_channel to dfa_operator;
grant delete on table dfa.notify_rule to dfa_admin;
grant insert on table dfa.notify_rule to dfa_admin;
grant select on table dfa.notify_rule to dfa_admin;
grant update on table dfa.notify_rule to dfa_admin;
grant select on table dfa.notify_rule to dfa_reader;
grant delete on table dfa.open_task to dfa_admin;
grant insert on table dfa.open_task to dfa_admin;
grant select on table dfa.open_task to dfa_admin;
grant update on table dfa.open_task to dfa_admin;
grant select on table dfa.open_task to dfa_reader;
grant delete on table dfa.orphaned_task to dfa_admin;
grant insert on table dfa.orphaned_task to dfa_admin;
grant select on table dfa.orphaned_task to dfa_admin;
grant update on table dfa.orphaned_task to dfa_admin;
grant select on table dfa.orphaned_task to dfa_reader;
grant delete on table dfa.password_link to dfa_admin;
grant insert on table dfa.password_link to dfa_admin;
grant select on table dfa.password_link to dfa_admin;
grant update on table dfa.password_link to dfa_admin;
grant delete on table dfa.paused to dfa_admin;
grant insert on table dfa.paused to dfa_admin;
grant select on table dfa.paused to dfa_admin;
grant update on table dfa.paused to dfa_admin;
grant delete on table dfa.paused to dfa_operator;
grant insert on table dfa.paused to dfa_operator;
grant update on table dfa.paused to dfa_operator;
grant select on table dfa.paused to dfa_reader;
grant delete on table dfa.paused_now to dfa_admin;
grant insert on table dfa.paused_now to dfa_admin;
grant select on table dfa.paused_now to dfa_admin;
grant update on table dfa.paused_now to dfa_admin;
grant select on table dfa.paused_now to dfa_reader;
grant delete on table dfa.ready_dataframe_step to dfa_admin;
grant insert on table dfa.ready_dataframe_step to dfa_admin;
grant select on table dfa.ready_dataframe_step to dfa_admin;
grant update on table dfa.ready_dataframe_step to dfa_admin;
grant select on table dfa.ready_dataframe_step to dfa_reader;
grant delete on table dfa.refused_definition to dfa_admin;
grant insert on table dfa.refused_definition to dfa_admin;
grant select on table dfa.refused_definition to dfa_admin;
grant update on table dfa.refused_definition to dfa_admin;
grant select on table dfa.refused_definition to dfa_reader;
grant update ("position") on table dfa.rejected_row to dfa_operator;
grant delete on table dfa.step_limit to dfa_admin;
grant insert on table dfa.step_limit to dfa_admin;
grant select on table dfa.step_limit to dfa_admin;
grant update on table dfa.step_limit to dfa_admin;
grant select on table dfa.step_limit to dfa_reader;
grant update (process_number_put) on table dfa.task_process to dfa_operator;
grant update (run_date) on table dfa.task_schedule to dfa_operator;
grant delete on table dfa.trouble to dfa_admin;
grant insert on table dfa.trouble to dfa_admin;
grant select on table dfa.trouble to dfa_admin;
grant update on table dfa.trouble to dfa_admin;
grant select on table dfa.trouble to dfa_reader;
grant delete on table dfa.upkeep to dfa_admin;
grant insert on table dfa.upkeep to dfa_admin;
grant select on table dfa.upkeep to dfa_admin;
grant update on table dfa.upkeep to dfa_admin;
grant insert on table dfa.upkeep to dfa_operator;
grant update on table dfa.upkeep to dfa_operator;
grant select on table dfa.upkeep to dfa_reader;
grant delete on table dfa.web_session to dfa_admin;
grant insert on table dfa.web_session to dfa_admin;
grant select on table dfa.web_session to dfa_admin;
grant update on table dfa.web_session to dfa_admin;
grant usage on type dfa.channel_kind to dfa_reader;
grant usage on type dfa.delivery_state to dfa_reader;
grant usage on type dfa.incident_event to dfa_reader;
grant usage on type dfa.interval_state to dfa_reader;
grant usage on type dfa.key_role to dfa_reader;
select pg_catalog.pg_extension_config_dump('dfa.api_key_secret', '');
select pg_catalog.pg_extension_config_dump('dfa.audit_entry', '');
select pg_catalog.pg_extension_config_dump('dfa.audit_entry_id_seq', '');
select pg_catalog.pg_extension_config_dump('dfa.data_schema', '');
select pg_catalog.pg_extension_config_dump('dfa.dataframe_note', '');
select pg_catalog.pg_extension_config_dump('dfa.delivery', '');
select pg_catalog.pg_extension_config_dump('dfa.delivery_id_seq', '');
select pg_catalog.pg_extension_config_dump('dfa.file', '');
select pg_catalog.pg_extension_config_dump('dfa.file_source', '');
select pg_catalog.pg_extension_config_dump('dfa.incident', '');
select pg_catalog.pg_extension_config_dump('dfa.incident_id_seq', '');
select pg_catalog.pg_extension_config_dump('dfa.incident_watch', '');
select pg_catalog.pg_extension_config_dump('dfa.note', '');
select pg_catalog.pg_extension_config_dump('dfa.note_id_seq', '');
select pg_catalog.pg_extension_config_dump('dfa.notify_channel', '');
select pg_catalog.pg_extension_config_dump('dfa.notify_rule', '');
select pg_catalog.pg_extension_config_dump('dfa.paused', '');
select pg_catalog.pg_extension_config_dump('dfa.refused_definition', '');
select pg_catalog.pg_extension_config_dump('dfa.upkeep', '');

-- What was under way goes on.
select dfa.call_workers();
