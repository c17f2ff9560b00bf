-- Statements by which the serial columns $3 of the table made anew as $2 go on where those of table $1 (an oid) were.
select format('select setval(pg_get_serial_sequence(%L, %L), last_value, is_called) from %I.%I',
              $2, attname, nspname, left(sequence.relname, 56) || '_before')
from pg_attribute
     join pg_depend on classid = 'pg_class'::regclass and refclassid = 'pg_class'::regclass and refobjid = attrelid
                   and refobjsubid = attnum and deptype in ('a', 'i')
     join pg_class as sequence on sequence.oid = objid and relkind = 'S'
     join pg_namespace on pg_namespace.oid = relnamespace
where attrelid = $1 and attname = any($3)
order by attnum
