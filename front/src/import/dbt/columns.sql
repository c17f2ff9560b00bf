-- The columns of view $2 in schema $1, with their types.
select attribute.attname::text as name, format_type(attribute.atttypid, attribute.atttypmod) as type
from pg_attribute as attribute
     join pg_class as relation on relation.oid = attribute.attrelid
     join pg_namespace as space on space.oid = relation.relnamespace
where space.nspname = $1 and relation.relname = $2 and attribute.attnum > 0
order by attribute.attnum
