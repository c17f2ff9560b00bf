-- What somebody paused: a pipeline, the workers, or everything.
create table dfa.paused (
    kind      text not null check (kind in ('pipeline', 'worker', 'all')),
    name      text not null check (name <> ''),
    reason    text not null check (btrim(reason) <> ''),
    paused_by text not null default dfa.session_role(),
    since     timestamptz not null default clock_timestamp(),
    until     timestamptz,
    primary key (kind, name)
);
select pg_catalog.pg_extension_config_dump('dfa.paused', '');
comment on table dfa.paused is 'What dfa.pause paused; dfa.paused_now leaves out what has ended by itself';
comment on column dfa.paused.kind is 'pipeline: schedule and triggers do not start it. worker: no background step begins. all: nothing starts';
comment on column dfa.paused.name is 'The pipeline; worker and all stand for themselves';
comment on column dfa.paused.reason is 'Why, in the words of who paused it';
comment on column dfa.paused.paused_by is 'Role that paused it';
comment on column dfa.paused.since is 'Since when it has been paused';
comment on column dfa.paused.until is 'When it ends by itself; null: by dfa.unpause alone';

create view dfa.paused_now as
select kind, name, reason, paused_by, since, until,
       format('paused by %s%s: %s', paused_by, to_char(until, '" until "YYYY-MM-DD HH24:MI TZ'), reason) as sentence
from dfa.paused
where until is null or until > clock_timestamp();
comment on view dfa.paused_now is 'What is paused at this moment';
comment on column dfa.paused_now.kind is 'pipeline, worker or all';
comment on column dfa.paused_now.name is 'The pipeline; worker and all stand for themselves';
comment on column dfa.paused_now.reason is 'Why';
comment on column dfa.paused_now.paused_by is 'Role that paused it';
comment on column dfa.paused_now.since is 'Since when';
comment on column dfa.paused_now.until is 'When it ends by itself; null: by dfa.unpause alone';
comment on column dfa.paused_now.sentence is 'Who, until when and why, to be read';

-- Whoever may start a pipeline may hold it; what is everybody's is held by admins. What has ended anybody clears away.
grant insert, update, delete on dfa.paused to dfa_operator;
alter table dfa.paused enable row level security;
create policy seen_by_all on dfa.paused for select using (true);
create policy written_in_ones_own_name on dfa.paused for insert
    with check (paused_by = (select dfa.session_role()) and (kind = 'pipeline' or pg_has_role('dfa_admin', 'member')));
create policy changed_by_those_who_may_hold_it on dfa.paused for update
    using (kind = 'pipeline' or until <= clock_timestamp() or pg_has_role('dfa_admin', 'member'))
    with check (paused_by = (select dfa.session_role()) and (kind = 'pipeline' or pg_has_role('dfa_admin', 'member')));
create policy ended_by_those_who_may_hold_it on dfa.paused for delete
    using (kind = 'pipeline' or until <= clock_timestamp() or pg_has_role('dfa_admin', 'member'));
