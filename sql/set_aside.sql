-- Statements that rename table $1 (an oid), its partitions, indexes and sequences to <name>_before, so that another
-- can be made in its place; the table itself last.
with tree as (
    select $1 as oid, 1 as is_root union select relid, 0 from pg_partition_tree($1) where relid <> $1
),
part (number, kind, schema, name) as (
    select 1, 'index', nspname, relname
    from tree join pg_index on indrelid = tree.oid join pg_class on pg_class.oid = indexrelid
         join pg_namespace on pg_namespace.oid = relnamespace
    union all
    select 2, 'sequence', nspname, relname
    from pg_depend join pg_class on pg_class.oid = objid and relkind = 'S'
         join pg_namespace on pg_namespace.oid = relnamespace
    where classid = 'pg_class'::regclass and refclassid = 'pg_class'::regclass and refobjid = $1 and deptype in ('a', 'i')
    union all
    select 3 + is_root, 'table', nspname, relname
    from tree join pg_class on pg_class.oid = tree.oid join pg_namespace on pg_namespace.oid = relnamespace
)
select format('alter %s %I.%I rename to %I', kind, schema, name, left(name, 56) || '_before')
from part order by number, name
