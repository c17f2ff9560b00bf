-- Where table $1 (an oid), partitioned by a range that begins with column $2, has rows before day $3: a row for each
-- partition that lies before it as a whole, or that may have some of them (whole: false; then without the rest). Schema,
-- name, bounds, rows by what ANALYZE or VACUUM found last (null: they have not been there, or the file has grown or shrunk
-- by more than a tenth since), oid, whole. One row of nulls at least; none: it is partitioned otherwise.
-- $4: the rows lie on other machines, and files of this one say nothing of them.
with part as (
    select space.nspname::text as schema, class.relname::text as name, bound, class.oid, relkind,
           case when relkind = 'r' and reltuples >= 0 and pages.now between relpages * 0.9 and relpages * 1.1 and not $4
                then (reltuples * case when relpages > 0 then pages.now / relpages::float8 else 1 end)::bigint end as rows,
           -- As FROM ('2021-01-01') TO ('2021-02-01'); a regular expression would take as long as dropping the partition.
           nullif(split_part(split_part(bound, 'FROM (''', 2), '''', 1), '') as lower,
           nullif(split_part(split_part(bound, 'TO (''', 2), '''', 1), '') as upper,
           split_part(split_part(bound, 'TO (''', 2), '''', 2) as after_upper
    from pg_inherits
         join pg_class as class on class.oid = inhrelid
         join pg_namespace as space on space.oid = class.relnamespace,
         lateral pg_get_expr(relpartbound, class.oid) as bound,
         lateral (select pg_relation_size(class.oid) / current_setting('block_size')::bigint) as pages (now)
    where inhparent = $1 and not inhdetachpending
),
parent as (
    select key.atttypid = 'timestamptz'::regtype as has_zone, repeat(', MINVALUE', partnatts - 1) || ')' as at_its_begin
    from pg_partitioned_table join pg_attribute as key on key.attrelid = partrelid and key.attnum = partattrs[0]
    where partrelid = $1 and partstrat = 'r' and key.attname = $2
      and key.atttypid in ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)
),
judged as (
    select part.*,
           relkind = 'r' and after_upper = at_its_begin and case when has_zone then upper::timestamptz <= $3::date::timestamptz
                                  else upper::timestamp <= $3::date::timestamp end as whole,
           case when bound = 'DEFAULT' then relkind <> 'r' or pg_relation_size(oid) > 0 or $4
                else lower is null or case when has_zone then lower::timestamptz < $3::date::timestamptz
                                           else lower::timestamp < $3::date::timestamp end end as begins_before
    from parent, part
)
select schema, name, bound, rows, oid, coalesce(whole, false) as is_whole
from parent left join judged on coalesce(whole, false) or begins_before
order by upper
