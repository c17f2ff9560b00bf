-- Keys by name ($1 is no other) from ($2, $3) on, $4 of them; state $5.
select json_build_object(
           'name', key_name, 'role', role, 'patterns', patterns, 'expires_at', expires_at, 'created_at', created_at,
           'created_by', created_by, 'revoked_at', revoked_at, 'revoked_by', revoked_by, 'last_used_at', last_used_at,
           'state', state
       )::text as row, key_name as sort_key, key_name as name
from dfa.api_key
where $1::text is not null and $2::text is not distinct from $2
  and ($3::text is null or key_name collate "C" {beyond} $3)
  and ($5::text is null or state = $5)
order by key_name collate "C" {direction}
limit $4
