-- What columns $2 of table $1 (an oid) have in a row that does not give them, as SQL: their default, the next number of their
-- identity, the default of their domain; null where that is null. In the order of $2.
select coalesce(
           (select pg_get_expr(adbin, adrelid) from pg_attrdef
            where adrelid = attrelid and adnum = attnum and attgenerated = ''),
           case when attidentity <> '' then
               format('pg_catalog.nextval(%L::pg_catalog.regclass)',
                      pg_get_serial_sequence(attrelid::regclass::text, attname))
           end,
           (select pg_get_expr(typdefaultbin, 0) from pg_type where oid = atttypid and typtype = 'd'))
from unnest($2::text[]) with ordinality as given (name, position)
     join pg_attribute on attrelid = $1 and attname = given.name and not attisdropped
order by position
