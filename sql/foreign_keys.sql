-- The foreign keys of tables $1 (oids $2): table, name, columns, referred schema, table and columns, in their order.
select pair.name, conname::text,
       array(select attname::text from unnest(conkey) with ordinality as key (number, place)
                  join pg_attribute on attrelid = conrelid and attnum = number order by place),
       space.nspname::text, other.relname::text,
       array(select attname::text from unnest(confkey) with ordinality as key (number, place)
                  join pg_attribute on attrelid = confrelid and attnum = number order by place)
from unnest($1, $2) as pair (name, oid)
     join pg_constraint on conrelid = pair.oid and contype = 'f' and conparentid = 0
     join pg_class as other on other.oid = confrelid
     join pg_namespace as space on space.oid = other.relnamespace
order by 1, 2
