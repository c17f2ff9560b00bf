-- The function or procedure $2 of schema $1, if there is one of this name alone: its kind, as DROP names it, and oid.
select min(case prokind when 'p' then 'procedure' else 'function' end) as kind, min(pg_proc.oid::bigint)::oid as oid
from pg_proc join pg_namespace on pg_namespace.oid = pronamespace
where nspname = $1 and proname = $2 and prokind in ('f', 'p', 'w')
having count(*) = 1
