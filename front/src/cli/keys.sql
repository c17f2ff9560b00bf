-- The keys of the service, for people.
select key_name as key, role::text as role, array_to_string(patterns, ', ') as "for", state, expires_at::text as expires,
       to_char(last_used_at, 'YYYY-MM-DD HH24:MI') as last_used, to_char(created_at, 'YYYY-MM-DD HH24:MI') as created
from dfa.api_key
order by key_name
