-- Who is told of what went wrong, and of its end: channels, rules, incidents, and what is sent of them. Nothing here is sent by
-- the database: a front service claims a row, sends it and says how it went.

create type dfa.channel_kind as enum ('webhook', 'slack', 'teams', 'google_chat', 'email');
create type dfa.incident_event as enum ('failed', 'late', 'refused_rows', 'files', 'paused', 'worker_crash');
create type dfa.delivery_state as enum ('waiting', 'sent', 'failed', 'spared');

create table dfa.notify_channel (
    channel_name text primary key check (channel_name ~ '^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$'),
    kind         dfa.channel_kind not null,
    target       text not null check (btrim(target) <> ''),
    secret_env   text check (secret_env ~ '^[A-Za-z_][A-Za-z0-9_]*$'),
    created_at   timestamptz not null default clock_timestamp(),
    created_by   text not null default dfa.session_role()
);
select pg_catalog.pg_extension_config_dump('dfa.notify_channel', '');

create table dfa.notify_rule (
    rule_name      text primary key check (rule_name ~ '^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$'),
    events         dfa.incident_event[] not null check (events <> '{}'),
    channels       text[] not null check (channels <> '{}'),
    patterns       text[] check (patterns <> '{}'),
    tags           text[] check (tags <> '{}'),
    owners         text[] check (owners <> '{}'),
    more_rows_than bigint not null default 0 check (more_rows_than >= 0),
    longer_than    interval not null default '1 day' check (longer_than > '0'),
    quiet_from     time,
    quiet_to       time,
    tell_recovered boolean not null default true,
    created_at     timestamptz not null default clock_timestamp(),
    created_by     text not null default dfa.session_role(),
    check ((quiet_from is null) = (quiet_to is null)),
    check (quiet_from <> quiet_to)
);
select pg_catalog.pg_extension_config_dump('dfa.notify_rule', '');

create sequence dfa.incident_id_seq;
create table dfa.incident (
    id         bigint not null default nextval('dfa.incident_id_seq') primary key,
    event      dfa.incident_event not null,
    name       text not null,
    opened_at  timestamptz not null default clock_timestamp(),
    closed_at  timestamptz,
    process_id text,
    number     bigint,
    cause      text not null
);
select pg_catalog.pg_extension_config_dump('dfa.incident_id_seq', '');
select pg_catalog.pg_extension_config_dump('dfa.incident', '');
-- One open incident for an event and a name, however many tasks fail and whoever looks.
create unique index incident_open on dfa.incident (event, name) where closed_at is null;
create index incident_recent on dfa.incident (opened_at desc);
create index incident_name on dfa.incident (name, opened_at desc);

create sequence dfa.delivery_id_seq;
create table dfa.delivery (
    id           bigint not null default nextval('dfa.delivery_id_seq') primary key,
    incident_id  bigint references dfa.incident on delete cascade,
    about        text not null check (about in ('opened', 'recovered', 'test')),
    channel_name text not null references dfa.notify_channel on delete cascade,
    rule_name    text,
    state        dfa.delivery_state not null default 'waiting',
    due_at       timestamptz not null default clock_timestamp(),
    attempts     integer not null default 0,
    error        text,
    created_at   timestamptz not null default clock_timestamp(),
    ended_at     timestamptz,
    unique (incident_id, about, channel_name)
);
select pg_catalog.pg_extension_config_dump('dfa.delivery_id_seq', '');
select pg_catalog.pg_extension_config_dump('dfa.delivery', '');
create index delivery_due on dfa.delivery (due_at) where state = 'waiting';
create index delivery_recent on dfa.delivery (created_at desc);
-- What asks for the steps at which server processes died need not read all steps.
create index task_step_crashed on dfa.task_step (node) where crashes > 0;
create index schedule_slot_late on dfa.schedule_slot (pipeline_id, slot desc) where late_at is not null;

-- The words of tags and owner of what a catalog defines, by name.
create view dfa.labelled as
select catalog.name, catalog.kind, labels.tags, catalog.document ->> 'owner' as owner
from dfa.catalog
     cross join lateral (
         select coalesce(array_agg(btrim(tag)), '{}') as tags
         from json_array_elements_text(
                  case json_typeof(catalog.document -> 'tags')
                      when 'array' then catalog.document -> 'tags'
                      when 'string' then to_json(string_to_array(catalog.document ->> 'tags', ','))
                      else '[]' end) as tag
     ) as labels
where catalog.current and catalog.kind in ('table', 'pipeline');

-- When somebody looked last: what has ended since is looked at, and whoever looks holds the row.
create table dfa.incident_watch (
    one_row   boolean primary key default true check (one_row),
    looked_at timestamptz
);
select pg_catalog.pg_extension_config_dump('dfa.incident_watch', '');

-- What is wrong at this moment, a row for each event and name, among what has ended lately and what was wrong before.
create view dfa.trouble as
with since as (
    -- Some minutes more, for what was dated before it was committed.
    select greatest(coalesce((select looked_at from dfa.incident_watch), '-infinity') - interval '10 minutes',
                    clock_timestamp() - interval '2 days') as at
),
ended as (
    select process_name_put as name from dfa.task_process
    where status in (0, 1) and finished_at > (select at from since)
    union
    select name from dfa.incident where closed_at is null
),
-- Index task_process_name serves both.
ran as (
    select ended.name, newest.*
    from ended
         cross join lateral (
             select process_id, status, process_message, cancelled_at
             from dfa.task_process as task
             where task.process_name_put = ended.name and task.process_module = 'framework|data' and task.status in (0, 1)
             order by task.created_at desc, task.process_id desc limit 1
         ) as newest
),
taken as (
    select ended.name, newest.process_id, newest.status
    from ended
         cross join lateral (
             select process_id, status
             from dfa.task_process as task
             where task.process_name_put = ended.name and task.process_module = 'data|ingestion' and task.status in (0, 1)
             order by task.created_at desc, task.process_id desc limit 1
         ) as newest
)
select 'failed'::dfa.incident_event as event, name, process_id, null::bigint as number, coalesce(process_message, 'Error') as cause
from ran
where status = 1 and cancelled_at is null
union all
-- The newest slot that a deadline caught, until its run or a later one has succeeded.
select 'late', known.pipeline_name, slot.process_id, null,
       format('the run of %s should have ended by %s', to_char(slot.slot, 'YYYY-MM-DD HH24:MI TZ'), to_char(slot.deadline_at, 'YYYY-MM-DD HH24:MI TZ'))
from (select distinct on (came.pipeline_id) came.pipeline_id, came.slot, came.process_id, came.deadline_at
      from dfa.schedule_slot as came
      where came.late_at is not null
        and (came.slot > clock_timestamp() - interval '2 days'
             or came.pipeline_id in (select known.pipeline_id from dfa.task_schedule as known join dfa.incident as open
                                         on open.name = known.pipeline_name and open.event = 'late' and open.closed_at is null))
      order by came.pipeline_id, came.slot desc) as slot
     join dfa.task_schedule as known using (pipeline_id)
where not exists (
    select from dfa.schedule_slot as later join dfa.task_process as task on task.process_id = later.process_id
    where later.pipeline_id = slot.pipeline_id and later.slot >= slot.slot and task.status = 0
)
union all
select 'refused_rows', taken.name, taken.process_id, refused.number,
       format('%s row%s refused: %s', refused.number, case refused.number when 1 then '' else 's' end, refused.reason)
from taken
     cross join lateral (
         select count(*) as number, (array_agg(concat_ws(' ', row.column_name, row.reason) order by row.position))[1] as reason
         from dfa.rejected_row as row where row.process_id = taken.process_id
     ) as refused
-- A file that is refused as a whole is an incident of its own.
where refused.number > 0 and taken.status = 0
union all
-- Files that cannot be taken, of each source the first, or a place that cannot be looked at.
select 'files', source.table_name, first.process_id, wrong.number,
       coalesce(source.fault, format('file %s is %s: %s', first.path, first.state, first.message))
from dfa.file_source as source
     join dfa.catalog as stored on stored.current and stored.kind = 'table' and stored.name = source.table_name and stored.document ->> 'source' is not null
     cross join lateral (select count(*) as number from dfa.file as file
                         where file.table_name = source.table_name and file.state in ('refused', 'changed')) as wrong
     left join lateral (select file.path, file.state, file.message, file.process_id from dfa.file as file
                        where file.table_name = source.table_name and file.state in ('refused', 'changed')
                        order by file.path limit 1) as first on true
where source.fault is not null or wrong.number > 0
union all
select 'paused', held.name, null, floor(extract(epoch from clock_timestamp() - held.since))::bigint, held.sentence
from dfa.paused_now as held
where held.since < clock_timestamp() - (select min(rule.longer_than) from dfa.notify_rule as rule where 'paused' = any (rule.events))
union all
-- Crashes at a node since it last succeeded.
select 'worker_crash', crashed.node, max(crashed.process_id), sum(crashed.crashes)::bigint,
       format('%s server process%s died while it ran', sum(crashed.crashes), case sum(crashed.crashes) when 1 then '' else 'es' end)
from dfa.task_step as crashed
where crashed.crashes > 0 and crashed.state <> 'SUCCESS'
  and not exists (
      select from dfa.task_step as good
      where good.node = crashed.node and good.state = 'SUCCESS' and good.finished_at > coalesce(crashed.finished_at, crashed.started_at)
  )
group by crashed.node;

-- What an incident is about: its own name, and the nodes of its task that failed.
create view dfa.incident_subject as
select incident.id, subject.name
from dfa.incident
     cross join lateral (
         select incident.name
         union
         select step.node from dfa.task_step as step
         where incident.event = 'failed' and step.process_id = incident.process_id and step.state = 'FAILED'
     ) as subject;

create function dfa.after_quiet(at timestamptz, quiet_from time, quiet_to time) returns timestamptz
language sql stable
begin atomic
select case
    when quiet_from is null then at
    when quiet_from < quiet_to then
        case when here.clock >= quiet_from and here.clock < quiet_to
             then (here.day + quiet_to) at time zone dfa.time_zone() else at end
    when here.clock >= quiet_from then (here.day + 1 + quiet_to) at time zone dfa.time_zone()
    when here.clock < quiet_to then (here.day + quiet_to) at time zone dfa.time_zone()
    else at
end
from (select (at at time zone dfa.time_zone())::date as day, (at at time zone dfa.time_zone())::time as clock) as here;
end;

-- Opens and closes incidents by what is wrong now, and writes down whom to tell. Of several who look at once one does; an
-- incident is open once, whoever opens it.
create function dfa.note_incidents() returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
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
$$;

-- The next message to be sent, with all that it says; its row is locked until the transaction ends, however that ends. What
-- was tried least comes first, so that a dead receiver holds up nobody else.
create function dfa.claim_delivery(
    out id bigint, out kind text, out target text, out secret_env text, out about text, out event text, out name text,
    out title text, out text text, out process_id text, out incident_id bigint, out opened_at timestamptz, out closed_at timestamptz,
    out number bigint, out cause text, out channel_name text
) returns setof record
language sql volatile set search_path = pg_catalog, pg_temp as $$
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
$$;

-- How it went: sent, or why not, and then when it is tried again: after 10 seconds, twice as long each time, an hour at most,
-- 14 times. A test is tried once.
create function dfa.end_delivery(id bigint, error text default null) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
    update dfa.delivery as told
    set attempts = told.attempts + 1, error = left(end_delivery.error, 2000),
        state = case when end_delivery.error is null then 'sent'
                     when told.about = 'test' or told.attempts >= 13 then 'failed' else 'waiting' end::dfa.delivery_state,
        ended_at = case when end_delivery.error is null or told.about = 'test' or told.attempts >= 13 then clock_timestamp() end,
        due_at = case when end_delivery.error is null then told.due_at
                      else clock_timestamp() + least(interval '10 seconds' * 2 ^ told.attempts, interval '1 hour') end
    where told.id = end_delivery.id
$$;

create function dfa.add_channel(name text, kind dfa.channel_kind, target text, secret_env text default null) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
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
$$;

create function dfa.add_rule(
    name text, events dfa.incident_event[], channels text[], patterns text[] default null, tags text[] default null,
    owners text[] default null, more_rows_than bigint default 0, longer_than interval default '1 day',
    quiet_from time default null, quiet_to time default null, tell_recovered boolean default true
) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
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
$$;

create function dfa.remove_rule(name text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    delete from dfa.notify_rule as known where known.rule_name = remove_rule.name;
    if not found then
        raise exception using errcode = 'DF002', message = format('rule %L is not known', remove_rule.name),
            hint = 'SELECT rule_name FROM dfa.notify_rule; lists all.';
    end if;
end
$$;

create function dfa.remove_channel(name text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
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
$$;

create function dfa.test_channel(name text) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
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
$$;

comment on type dfa.channel_kind is 'What a channel is, and so what is sent there';
comment on type dfa.incident_event is 'What can be wrong';
comment on type dfa.delivery_state is 'waiting; sent; failed: given up; spared: over before anybody was to be told';
comment on table dfa.notify_channel is 'Where messages go';
comment on column dfa.notify_channel.channel_name is 'What rules call it';
comment on column dfa.notify_channel.kind is 'webhook (signed JSON), slack, teams, google_chat or email';
comment on column dfa.notify_channel.target is 'An address, addresses of e-mail by commas, or env:NAME for what that variable of the service holds';
comment on column dfa.notify_channel.secret_env is 'The variable of the service that holds the secret of the signature';
comment on column dfa.notify_channel.created_at is 'When it was made';
comment on column dfa.notify_channel.created_by is 'Role that made it';
comment on table dfa.notify_rule is 'Who is told of what';
comment on column dfa.notify_rule.rule_name is 'Its name';
comment on column dfa.notify_rule.events is 'failed, late, refused_rows, files, paused, worker_crash';
comment on column dfa.notify_rule.channels is 'Where the messages go';
comment on column dfa.notify_rule.patterns is 'Pipelines and tables that it is about, * for any part of a name; null: all';
comment on column dfa.notify_rule.tags is 'One of these tags of what it is about; null: any';
comment on column dfa.notify_rule.owners is 'One of these owners of what it is about; null: any';
comment on column dfa.notify_rule.more_rows_than is 'Of refused rows: more than so many';
comment on column dfa.notify_rule.longer_than is 'Of a pause: longer than this';
comment on column dfa.notify_rule.quiet_from is 'From when nobody is told, by dfa.timezone';
comment on column dfa.notify_rule.quiet_to is 'When what was kept back is told, if it still lasts';
comment on column dfa.notify_rule.tell_recovered is 'Whether the end of an incident is told, too';
comment on column dfa.notify_rule.created_at is 'When it was made: what was wrong before is not told';
comment on column dfa.notify_rule.created_by is 'Role that made it';
comment on table dfa.incident is 'What went wrong, from when to when: once, however often it was tried again';
comment on column dfa.incident.id is 'Its number';
comment on column dfa.incident.event is 'What was wrong';
comment on column dfa.incident.name is 'The pipeline or table';
comment on column dfa.incident.opened_at is 'When it was noticed';
comment on column dfa.incident.closed_at is 'When it was noticed to be over; null: it lasts';
comment on column dfa.incident.process_id is 'The task in which it was noticed';
comment on column dfa.incident.number is 'Refused rows, files, crashes, or seconds of a pause';
comment on column dfa.incident.cause is 'What the task said';
comment on table dfa.delivery is 'A message of an incident to a channel';
comment on column dfa.delivery.id is 'Its number, which the receiver gets as well: one message, however often it arrives';
comment on column dfa.delivery.incident_id is 'The incident; null: a test';
comment on column dfa.delivery.about is 'opened, recovered or test';
comment on column dfa.delivery.channel_name is 'Where it goes';
comment on column dfa.delivery.rule_name is 'The rule that wants it';
comment on column dfa.delivery.state is 'waiting, sent, failed or spared';
comment on column dfa.delivery.due_at is 'Not sent before this';
comment on column dfa.delivery.attempts is 'How often it was tried';
comment on column dfa.delivery.error is 'Why the last try failed';
comment on column dfa.delivery.created_at is 'When it was written down';
comment on column dfa.delivery.ended_at is 'When it was sent, or given up';
comment on table dfa.incident_watch is 'When somebody looked for incidents last';
comment on column dfa.incident_watch.one_row is 'There is one row';
comment on column dfa.incident_watch.looked_at is 'When that was';
comment on view dfa.labelled is 'The tags and the owner of each table and pipeline';
comment on column dfa.labelled.name is 'The table or pipeline';
comment on column dfa.labelled.kind is 'table or pipeline';
comment on column dfa.labelled.tags is 'Its tags';
comment on column dfa.labelled.owner is 'Its owner';
comment on view dfa.trouble is 'What is wrong at this moment, among what has ended lately and what was wrong before';
comment on column dfa.trouble.event is 'What is wrong';
comment on column dfa.trouble.name is 'The pipeline or table';
comment on column dfa.trouble.process_id is 'The task that shows it';
comment on column dfa.trouble.number is 'Refused rows, crashes, or seconds of a pause';
comment on column dfa.trouble.cause is 'The same to be read';
comment on view dfa.incident_subject is 'What an incident is about: its own name, and the nodes of its task that failed';
comment on column dfa.incident_subject.id is 'The incident';
comment on column dfa.incident_subject.name is 'A pipeline or table';
comment on function dfa.after_quiet is 'The first moment from at on that is not in the quiet hours, by dfa.timezone';
comment on function dfa.note_incidents is 'Opens and closes incidents by what is wrong now, and writes down whom to tell; gives how many changed. The service calls it.';
comment on function dfa.claim_delivery is 'For the service: the next message that is due, with all that it says. Its row is locked until the transaction ends.';
comment on function dfa.end_delivery is 'For the service: the message was sent, or why not; then it is tried again, after 10 seconds, twice as long each time, an hour at most, 14 times.';
comment on function dfa.add_channel is 'Makes a channel, or gives the one of this name another target: webhook (JSON, signed by the secret in secret_env), slack, teams, google_chat with an address, email with addresses by commas; env:NAME stands for what that variable of the service holds.';
comment on function dfa.add_rule is 'Makes a rule, or changes the one of this name: these events of pipelines and tables that fit patterns, tags and owners are told to these channels, not in the quiet hours.';
comment on function dfa.remove_rule is 'Removes a rule; its incidents stay.';
comment on function dfa.remove_channel is 'Removes a channel that no rule names, with its messages.';
comment on function dfa.test_channel is 'Has the service send a message to a channel, once; dfa.delivery says how it went, under the number returned.';
grant execute on function dfa.after_quiet to dfa_reader;
grant execute on function dfa.note_incidents, dfa.claim_delivery, dfa.end_delivery to dfa_operator;
grant execute on function dfa.add_channel, dfa.add_rule, dfa.remove_rule, dfa.remove_channel, dfa.test_channel to dfa_admin;

-- A target may be a secret.
create trigger audit after insert or update or delete on dfa.notify_channel
    for each row execute function dfa.note_change('channel', 'channel_name', 'target');
create trigger audit after insert or update or delete on dfa.notify_rule
    for each row execute function dfa.note_change('rule', 'rule_name', '');
