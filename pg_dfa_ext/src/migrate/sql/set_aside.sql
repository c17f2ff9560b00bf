-- Statements that rename table $1 (an oid), its partitions, indexes and sequences to dfa_before_<oid>, so that another can
-- be made in its place; the table itself last. By their oids: a name can be as long as a name may be. Of sequences, those of
-- the columns $2 (names); others that it owns only belong to nobody for a while.
with tree as (
    select $1 as oid, 1 as is_root union select relid, 0 from pg_partition_tree($1) where relid <> $1
),
owned as (
    select class.oid, attname
    from pg_depend join pg_class as class on class.oid = objid and relkind = 'S'
         join pg_attribute on attrelid = refobjid and attnum = refobjsubid
    where classid = 'pg_class'::regclass and refclassid = 'pg_class'::regclass and refobjid = $1 and deptype in ('a', 'i')
),
part (number, kind, oid) as (
    select 1, 'index', indexrelid from tree join pg_index on indrelid = tree.oid
    union all
    select 2, 'sequence', oid from owned where attname = any($2)
    union all
    select 3 + is_root, 'table', oid from tree
)
select format('alter %s %I.%I rename to %I', kind, nspname, relname, 'dfa_before_' || part.oid), number, relname::text
from part join pg_class using (oid) join pg_namespace on pg_namespace.oid = relnamespace
union all
select format('alter sequence %s owned by none', oid::regclass), 0, attname::text from owned where attname <> all($2)
order by 2, 3
