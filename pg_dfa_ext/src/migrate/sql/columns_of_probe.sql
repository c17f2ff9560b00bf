-- The columns of tables of schema $1 that the body of the temporary function $2 uses, as Postgres has looked them up.
select class.relname::text as table_name, attribute.attname::text as column_name
from pg_proc as probe
     join pg_depend as used on used.classid = 'pg_proc'::regclass and used.objid = probe.oid and used.refclassid = 'pg_class'::regclass
     join pg_class as class on class.oid = used.refobjid
     join pg_namespace as schema on schema.oid = class.relnamespace
     join pg_attribute as attribute on attribute.attrelid = used.refobjid and attribute.attnum = used.refobjsubid
where probe.proname = $2 and probe.pronamespace = pg_my_temp_schema() and schema.nspname = $1 and used.refobjsubid > 0
