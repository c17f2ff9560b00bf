-- The view $2 of schema $1: its kind, as DROP names it, and oid.
select case relkind when 'v' then 'view' else 'materialized view' end as kind, oid
from pg_class
where oid = to_regclass(format('%I.%I', $1, $2)) and relkind in ('v', 'm')
