-- The keys of the service, those that are good first.
select key_name as name, role::text as role, pg_catalog.array_to_string(patterns, ', ') as patterns, expires_at, created_at, created_by, revoked_at,
       last_used_at, state
from dfa.api_key
order by state <> 'active', key_name
limit 500
