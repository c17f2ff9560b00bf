-- How table $1 (an oid) is partitioned: strategy (r range, l list, h hash), key as SQL, its first column, whether that
-- is a date or timestamp, its default partition, whether that has rows (or had some), whether foreign keys refer to
-- the table, number of partitions, the time zone in which days begin.
select partstrat::text, pg_get_partkeydef(partrelid), quote_ident(attname),
       atttypid in ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype),
       quote_ident(space.nspname) || '.' || quote_ident(rest.relname), coalesce(pg_relation_size(rest.oid) > 0, false), rest.oid,
       exists (select from pg_constraint where confrelid = partrelid and contype = 'f'),
       (select count(*) from pg_inherits where inhparent = partrelid),
       case when atttypid = 'timestamptz'::regtype
           then coalesce(nullif(current_setting('dfa.timezone', true), ''), current_setting('TimeZone')) end
from pg_partitioned_table
     join pg_attribute on attrelid = partrelid and attnum = partattrs[0]
     left join pg_class as rest on rest.oid = partdefid
     left join pg_namespace as space on space.oid = rest.relnamespace
where partrelid = $1
