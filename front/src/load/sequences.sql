-- Sequences of the columns $3 of table $1.$2 that count up, where an index knows the greatest value.
select attname::text as column, pg_get_serial_sequence(relation::text, attname) as sequence
from to_regclass(format('%I.%I', $1::text, $2::text)) as relation
     join pg_attribute on attrelid = relation and attname = any ($3::text[])
where pg_get_serial_sequence(relation::text, attname) is not null
  and has_sequence_privilege(pg_get_serial_sequence(relation::text, attname), 'select, update')
  and exists (select from pg_sequence
              where seqrelid = pg_get_serial_sequence(relation::text, attname)::regclass and seqincrement > 0)
  and exists (select from pg_index where indrelid = relation and indisvalid and indkey[0] = attnum)
