-- What people leave for each other: notes on tables, pipelines and other definitions, and on tasks.
create sequence dfa.note_id_seq;
create table dfa.note (
    id         bigint not null default nextval('dfa.note_id_seq') primary key,
    kind       text not null check (kind in ('table', 'pipeline', 'view', 'function', 'query', 'task')),
    name       text not null check (name <> ''),
    text       text not null check (btrim(text) <> '' and length(text) <= 10000),
    person     text default dfa.person(),
    role       text not null default dfa.session_role(),
    created_at timestamptz not null default clock_timestamp(),
    until      timestamptz
);
select pg_catalog.pg_extension_config_dump('dfa.note_id_seq', '');
select pg_catalog.pg_extension_config_dump('dfa.note', '');
create index note_of on dfa.note (name, kind, created_at desc);
create index note_recent on dfa.note (created_at desc, id desc);
comment on table dfa.note is 'Notes of people; dfa.note_now leaves out those that are over';
comment on column dfa.note.id is 'Its number';
comment on column dfa.note.kind is 'What it is on: table, pipeline, view, function, query or task';
comment on column dfa.note.name is 'The name of that; of a task its process_id';
comment on column dfa.note.text is 'What it says';
comment on column dfa.note.person is 'In whose name it was written, as the program said';
comment on column dfa.note.role is 'Role that wrote it';
comment on column dfa.note.created_at is 'When';
comment on column dfa.note.until is 'When it is over; null: it stands until it is removed';

create view dfa.note_now as
select id, kind, name, text, coalesce(person, role) as person, created_at, until
from dfa.note
where until is null or until > clock_timestamp();
comment on view dfa.note_now is 'The notes that stand at this moment';
comment on column dfa.note_now.id is 'Its number, which dfa.remove_note takes';
comment on column dfa.note_now.kind is 'What it is on: table, pipeline, view, function, query or task';
comment on column dfa.note_now.name is 'The name of that; of a task its process_id';
comment on column dfa.note_now.text is 'What it says';
comment on column dfa.note_now.person is 'In whose name it was written, as the program said; else the role';
comment on column dfa.note_now.created_at is 'When';
comment on column dfa.note_now.until is 'When it is over; null: it stands until it is removed';

-- What a note is about, by its name or short name, for a key that is for it.
create function dfa.subject_of_note(kind text, given text) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
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
$$;
comment on function dfa.subject_of_note is 'The full name of what a note is to be on; an error for what is not known.';
grant execute on function dfa.subject_of_note to dfa_reader;

create function dfa.add_note(kind text, name text, text text, until timestamptz default null) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
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
$$;
comment on function dfa.add_note is
'Leaves a note on a table, pipeline, view, function, query (by name or short name) or task (by process_id), until a moment or dfa.remove_note. Returns its number.';
grant execute on function dfa.add_note to dfa_operator;

create function dfa.remove_note(id bigint) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
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
$$;
comment on function dfa.remove_note is 'Removes a note; it stays in the audit. Who wrote it may, and admins.';
grant execute on function dfa.remove_note to dfa_operator;

create trigger audit after insert or update or delete on dfa.note
    for each row execute function dfa.note_change('note', 'name', '');

grant insert, delete on dfa.note to dfa_operator;
grant usage on sequence dfa.note_id_seq to dfa_operator;
alter table dfa.note enable row level security;
create policy seen_by_all on dfa.note for select using (true);
create policy written_in_ones_own_name on dfa.note for insert with check (role = (select dfa.session_role()));
create policy changed_by_admins on dfa.note for update using (pg_has_role('dfa_admin', 'member'));
create policy removed_by_who_wrote_it on dfa.note for delete
    using (role = (select dfa.session_role()) or pg_has_role('dfa_admin', 'member'));
