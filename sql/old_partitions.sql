-- The partitions of table $1 (an oid), partitioned by a range that begins with column $2, that lie before day $3 as a whole:
-- schema, name, bounds, rows as the statistics have them.
select space.nspname::text, part.relname::text, pg_get_expr(part.relpartbound, part.oid),
       (case when part.reltuples >= 0 then part.reltuples else pg_stat_get_live_tuples(part.oid) end)::bigint,
       part.oid
from pg_partitioned_table as parent
     join pg_attribute as key on key.attrelid = parent.partrelid and key.attnum = parent.partattrs[0]
     join pg_inherits on inhparent = parent.partrelid
     join pg_class as part on part.oid = inhrelid
     join pg_namespace as space on space.oid = part.relnamespace,
     lateral (select substring(pg_get_expr(part.relpartbound, part.oid) from 'TO \(''([^'']*)''(?:, MINVALUE)*\)') as value) as upper
where parent.partrelid = $1 and parent.partstrat = 'r' and key.attname = $2
  and key.atttypid in ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)
  and part.relkind = 'r' and not inhdetachpending
  and upper.value is not null
  and case when key.atttypid = 'timestamptz'::regtype then upper.value::timestamptz <= $3::date::timestamptz
           else upper.value::timestamp <= $3::date::timestamp end
order by upper.value
