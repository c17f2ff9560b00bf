-- The chains of pg_timetable.
select chain_id::bigint as id, chain_name::text as name, run_at::text as run_at, coalesce(live, false) as live,
       coalesce(self_destruct, false) as self_destruct
from timetable.chain
order by chain_id
