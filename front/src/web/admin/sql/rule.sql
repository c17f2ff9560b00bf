-- Rule $1, as its form has it.
select pg_catalog.array_to_json(events) as events, pg_catalog.array_to_json(channels) as channels, pg_catalog.array_to_string(patterns, ', ') as patterns,
       pg_catalog.array_to_string(tags, ', ') as tags, pg_catalog.array_to_string(owners, ', ') as owners, more_rows_than, longer_than::text as longer_than,
       to_char(quiet_from, 'HH24:MI') as quiet_from, to_char(quiet_to, 'HH24:MI') as quiet_to, tell_recovered
from dfa.notify_rule
where rule_name = $1
