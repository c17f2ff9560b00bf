-- The keys of the service, for people.
select key_name as key, role::pg_catalog.text as role, pg_catalog.array_to_string(patterns, ', ') as "for", state, expires_at::pg_catalog.text as expires,
       pg_catalog.to_char(last_used_at, 'YYYY-MM-DD HH24:MI') as last_used, pg_catalog.to_char(created_at, 'YYYY-MM-DD HH24:MI') as created
from dfa.api_key
order by key_name
