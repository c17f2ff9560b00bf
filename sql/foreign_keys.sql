-- The foreign keys of tables $1 (oids $2): table, name, column, referred schema, table and column, number of columns.
select pair.name, conname::text, own.attname::text, space.nspname::text, other.relname::text, referred.attname::text,
       cardinality(conkey)
from unnest($1, $2) as pair (name, oid)
     join pg_constraint on conrelid = pair.oid and contype = 'f' and conparentid = 0
     join pg_attribute as own on own.attrelid = conrelid and own.attnum = conkey[1]
     join pg_class as other on other.oid = confrelid
     join pg_namespace as space on space.oid = other.relnamespace
     join pg_attribute as referred on referred.attrelid = confrelid and referred.attnum = confkey[1]
order by 1, 2
