-- Files that land by themselves: a front service looks into the places that catalogs name (`source` of a table) and takes each
-- file once, in order of name. The ledger says which it took, in the transaction of their rows; it is never trimmed, since it is
-- what keeps a file that still lies there from landing again.

-- A table with a source; the row is locked by whoever takes a file of it.
create table dfa.file_source (
    table_name text primary key,
    path       text not null,
    looked_at  timestamptz,
    waiting    bigint not null default 0,
    fault      text,
    unreported boolean not null default false
);
select pg_catalog.pg_extension_config_dump('dfa.file_source', '');
comment on table dfa.file_source is 'Where the files of a table come from, and how that stands';
comment on column dfa.file_source.table_name is 'The table';
comment on column dfa.file_source.path is 'The path or pattern of its catalog, when somebody looked last';
comment on column dfa.file_source.looked_at is 'When somebody looked last';
comment on column dfa.file_source.waiting is 'Files that were there then and have not been taken';
comment on column dfa.file_source.fault is 'Why it cannot be looked at, or no file of it be taken; null: it can';
comment on column dfa.file_source.unreported is 'Files landed that its trigger has not been told of';

create table dfa.file (
    table_name   text not null,
    path         text not null,
    version      text not null,
    size         bigint not null,
    modified_at  timestamptz not null,
    checksum     text,
    state        text not null check (state in ('landed', 'refused', 'changed', 'skipped')),
    rows         bigint not null default 0,
    refused_rows bigint not null default 0,
    message      text not null,
    process_id   text,
    noted_at     timestamptz not null default clock_timestamp(),
    primary key (table_name, path, version)
);
create index file_recent on dfa.file (noted_at desc);
create index file_wrong on dfa.file (table_name) where state in ('refused', 'changed');
select pg_catalog.pg_extension_config_dump('dfa.file', '');
comment on table dfa.file is 'The files that were taken, or why not: a row for each file as it was';
comment on column dfa.file.table_name is 'The table';
comment on column dfa.file.path is 'Where it lay, within the place that the service is given';
comment on column dfa.file.version is 'What tells it from what lay there before: tag of the store, or size and date';
comment on column dfa.file.size is 'Its bytes';
comment on column dfa.file.modified_at is 'When it was last written';
comment on column dfa.file.checksum is 'SHA-256 of its bytes';
comment on column dfa.file.state is 'landed; refused: it cannot be read, or has rows that are refused, and holds up those after it; changed: it landed before as another; skipped: somebody said so';
comment on column dfa.file.rows is 'Its rows that landed';
comment on column dfa.file.refused_rows is 'Its rows that were refused';
comment on column dfa.file.message is 'How it went';
comment on column dfa.file.process_id is 'Its task';
comment on column dfa.file.noted_at is 'When that was';

-- Nobody waits for whoever takes a file of it at this moment, and says more.
create function dfa.look_for_files(name text, path text, fault text, waiting bigint) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
    insert into dfa.file_source (table_name, path) values (name, look_for_files.path) on conflict (table_name) do nothing;
    update dfa.file_source as source
    set path = look_for_files.path, looked_at = clock_timestamp(), fault = look_for_files.fault, waiting = coalesce(look_for_files.waiting, 0)
    where source.table_name = (select free.table_name from dfa.file_source as free where free.table_name = name for update skip locked)
$$;
comment on function dfa.look_for_files is 'For the service: somebody looked for files of a table; so many wait, or why nobody can take them.';

-- Of the files that lie there, in order of name, those that are not in the ledger as they are.
create function dfa.files_to_take(name text, paths text[], versions text[], out path text, out version text, out verdict text)
returns setof record language sql stable set search_path = pg_catalog, pg_temp as $$
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
$$;
comment on function dfa.files_to_take is
'For the service: of the files that lie there those to be dealt with, in order of name. verdict: new; changed: it landed as another; held: it was refused as it is, and those after it wait.';

-- What was wrong with a file that is not there any more holds up nothing; one that never landed is new when it comes again.
create function dfa.note_gone_files(name text, paths text[]) returns bigint
language sql volatile set search_path = pg_catalog, pg_temp as $$
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
$$;
comment on function dfa.note_gone_files is
'For the service: of the files that were refused or had changed, those that are not among these paths are gone: nothing is wrong with them any more. Gives their number.';

create function dfa.claim_file(name text, path text, version text) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform from dfa.file_source as source where source.table_name = name for update skip locked;
    return found
       and not exists (select from dfa.file as known
                       where known.table_name = name and known.path = claim_file.path and known.version = claim_file.version)
       and not exists (select from dfa.paused_now as held where held.kind = 'all');
end
$$;
comment on function dfa.claim_file is
'For the service: whether this transaction may deal with a file. False: another does, one did already, or everything is paused.';

-- How a file went, as a task that has ended, with the rows that were refused. A file that is what it was but for its date is
-- the one that landed.
create function dfa.note_file(
    name text, path text, version text, size bigint, modified_at timestamptz, checksum text, state text, rows bigint, refused_rows bigint,
    message text, seconds double precision, refused json default '[]'
) returns text
language plpgsql set search_path = pg_catalog, pg_temp as $$
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
$$;
comment on function dfa.note_file is 'For the service: how a file went (landed, refused or changed), with its refused rows; gives its task.';

-- Once for all files that were there: what waits for one of many begins when all have landed.
create function dfa.report_files(name text) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
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
$$;
comment on function dfa.report_files is
'For the service: all files that lay there have landed; a trigger that names the table (or its short name) is told. Gives the number of pipelines that begin.';

create function dfa.skip_file(name text, path text, reason text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
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
$$;
comment on function dfa.skip_file is
'Leaves a file as it is that was refused, so that those after it land, or that changed after it had landed. Another form of it is looked at again.';

create trigger audit after update on dfa.file
    for each row when (new.state = 'skipped') execute function dfa.note_change('data file', 'path', '');

grant insert, update, delete on dfa.file to dfa_operator;
grant insert, update on dfa.file_source to dfa_operator;
grant execute on function dfa.files_to_take to dfa_reader;
grant execute on function dfa.look_for_files, dfa.note_gone_files, dfa.claim_file, dfa.note_file, dfa.report_files, dfa.skip_file to dfa_operator;
