-- The foreign keys of tables $1 (oids $2): table, name, columns, referred schema, table and columns, in their order.
select pair.name as table_name, conname::text as key_name,
       array(select attname::text from unnest(conkey) with ordinality as key (number, place)
                  join pg_attribute on attrelid = conrelid and attnum = number order by place) as columns,
       space.nspname::text as ref_schema, other.relname::text as ref_table,
       array(select attname::text from unnest(confkey) with ordinality as key (number, place)
                  join pg_attribute on attrelid = confrelid and attnum = number order by place) as ref_columns
from unnest($1, $2) as pair (name, oid)
     join pg_constraint on conrelid = pair.oid and contype = 'f' and conparentid = 0
     join pg_class as other on other.oid = confrelid
     join pg_namespace as space on space.oid = other.relnamespace
order by 1, 2
