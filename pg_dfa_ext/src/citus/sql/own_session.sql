-- Tables $1 (oids) by names that each machine knows, as an array's text; this session, and its machine, as Citus calls them.
select array_agg(format('%I.%I', nspname, relname))::text as names, citus_backend_gpid()::bigint as gpid,
       (select groupid from pg_dist_local_group) as group_id
from pg_class join pg_namespace as space on space.oid = relnamespace
where pg_class.oid = any($1);
