-- The columns of table $1.$2 in their order.
select attname::text, format_type(atttypid, atttypmod), atttypid, atttypmod, attnotnull,
       atthasdef or attidentity <> '', attgenerated <> ''
from pg_attribute
where attrelid = to_regclass(format('%I.%I', $1::text, $2::text)) and attnum > 0 and not attisdropped
order by attnum
