-- Channels, rules, incidents that last or began lately, and the newest messages: one row of lists.
with channel as (
    select channel_name as name, kind::text as kind, target, secret_env,
           (select count(*) from dfa.notify_rule where channel_name = any (channels)) as rules
    from dfa.notify_channel order by channel_name limit 200
),
rule as (
    select rule_name as name, pg_catalog.array_to_string(events, ', ') as events, pg_catalog.array_to_string(channels, ', ') as channels,
           pg_catalog.array_to_string(patterns, ', ') as patterns, pg_catalog.array_to_string(tags, ', ') as tags, pg_catalog.array_to_string(owners, ', ') as owners,
           case when quiet_from is not null then to_char(quiet_from, 'HH24:MI') || ' … ' || to_char(quiet_to, 'HH24:MI') end as quiet,
           tell_recovered
    from dfa.notify_rule order by rule_name limit 200
),
incident as (
    select id, event::text as event, name, opened_at, closed_at, process_id, left(coalesce(substring(cause from 'Error: ([^\n]*)'), split_part(cause, E'\n', 1)), 300) as cause
    from dfa.incident order by closed_at is not null, opened_at desc limit 50
),
message as (
    select told.id, told.about, told.channel_name as channel, told.rule_name as rule, told.attempts, told.error, told.created_at, told.ended_at,
           case when told.state = 'waiting' then told.due_at end as due_at,
           case told.state when 'sent' then 'SUCCESS' when 'failed' then 'FAILED' when 'spared' then 'SKIPPED' else 'WAITING' end as state,
           known.event::text as event, known.name
    from (select * from dfa.delivery order by created_at desc, id desc limit 50) as told
         left join dfa.incident as known on known.id = told.incident_id
    order by told.created_at desc, told.id desc
)
select (select coalesce(json_agg(channel), '[]') from channel) as channels,
       (select coalesce(json_agg(rule), '[]') from rule) as rules,
       (select coalesce(json_agg(incident), '[]') from incident) as incidents,
       (select coalesce(json_agg(message), '[]') from message) as messages
