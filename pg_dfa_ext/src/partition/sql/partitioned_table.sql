-- How table $1 (an oid) is partitioned: strategy (r range, l list, h hash), key as SQL, the first of the key as SQL (null:
-- one of several expressions), whether that is a date or timestamp, its default partition, whether that has rows (or had
-- some), whether foreign keys refer to the table, number of partitions, the time zone in which days begin, and how many
-- partitions can be made at once: half of the server's locks, a partition with its TOAST table and indexes taking some.
select partstrat::text as strategy, pg_get_partkeydef(partrelid) as key,
       case when partattrs[0] <> 0 then quote_ident(attname)
            when (select count(*) from unnest(partattrs) as number where number = 0) = 1
                then '(' || pg_get_expr(partexprs, partrelid) || ')' end as first_of_key,
       opcintype in ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype) as is_dated,
       quote_ident(space.nspname) || '.' || quote_ident(rest.relname) as rest,
       coalesce(pg_relation_size(rest.oid) > 0, false) as rest_has_rows, rest.oid as rest_oid,
       exists (select from pg_constraint where confrelid = partrelid and contype = 'f') as is_referred_to,
       (select count(*) from pg_inherits where inhparent = partrelid) as partitions,
       case when opcintype = 'timestamptz'::regtype
           then current_setting('TimeZone') end as zone,
       current_setting('max_locks_per_transaction')::bigint
           * (current_setting('max_connections')::bigint + current_setting('max_prepared_transactions')::bigint)
           / (2 * (4 + (select count(*) from pg_index where indrelid = partrelid))) as most_at_once
from pg_partitioned_table
     join pg_opclass on pg_opclass.oid = partclass[0]
     left join pg_attribute on attrelid = partrelid and attnum = partattrs[0] and attnum > 0
     left join pg_class as rest on rest.oid = partdefid
     left join pg_namespace as space on space.oid = rest.relnamespace
where partrelid = $1
