-- The foreign keys that refer to table $1 (an oid): its drop, its addition, what it is called, whether its table is one
-- of the catalog in schema $2.
select format('alter table %s drop constraint %I', conrelid::regclass, conname) as removal,
       format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(pg_constraint.oid))
           as addition,
       format('foreign key %I of %s', conname, conrelid::regclass) as called,
       nspname = $2 and exists (select from dfa.catalog where current and kind = 'table' and name = relname) as is_of_catalog
from pg_constraint
     join pg_class on pg_class.oid = conrelid
     join pg_namespace on pg_namespace.oid = relnamespace
where confrelid = $1 and contype = 'f' and conparentid = 0 and conrelid <> $1
order by 3
