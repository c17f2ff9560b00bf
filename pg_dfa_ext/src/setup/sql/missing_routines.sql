-- The views among the names $1 and the functions among the names $2 that the catalog has and schema $3 has not.
-- Functions first: views may call them.
select kind::text, name
from dfa.catalog
where current
  and (kind = 'view' and name = any($1) and to_regclass(format('%I.%I', $3, name)) is null
       or kind = 'function' and name = any($2)
          and not exists (select from pg_proc join pg_namespace on pg_namespace.oid = pronamespace
                          where proname = name and nspname = $3))
order by kind, name
