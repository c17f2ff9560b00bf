-- The foreign keys from or to column $2 of table $1 (an oid), or to its key $3 (the name of a constraint): their table,
-- name, oid, a drop, an addition, how people call it, whether the caller may change both tables, whether its own is one of
-- the catalog in schema $4.
select own.relname::text as table_name, conname::text as key_name, pg_constraint.oid,
       format('alter table %s drop constraint %I', conrelid::regclass, conname) as removal,
       format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(pg_constraint.oid))
           as addition,
       format('foreign key %I of %s', conname, conrelid::regclass) as called,
       pg_has_role(own.relowner, 'usage') and pg_has_role(other.relowner, 'usage') as is_mine,
       space.nspname = $4 and exists (select from dfa.catalog where current and kind = 'table' and name = own.relname)
           as is_of_catalog
from pg_constraint
     join pg_class as own on own.oid = conrelid
     join pg_class as other on other.oid = confrelid
     join pg_namespace as space on space.oid = own.relnamespace
where contype = 'f' and conparentid = 0
  and ((conrelid = $1 and (select attnum from pg_attribute where attrelid = $1 and attname = $2) = any(conkey))
       or (confrelid = $1 and (select attnum from pg_attribute where attrelid = $1 and attname = $2) = any(confkey))
       or (confrelid = $1 and conindid = (select conindid from pg_constraint as key where key.conrelid = $1 and key.conname = $3)))
order by 1, 2
