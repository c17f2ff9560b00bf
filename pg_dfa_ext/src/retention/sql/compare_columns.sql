-- The columns in which the relations $1 and $2 (oids) differ, by name or type, and whether the first lacks it.
with of_first as (
    select attname, format_type(atttypid, atttypmod) as type from pg_attribute
    where attrelid = $1 and attnum > 0 and not attisdropped
),
of_second as (
    select attname, format_type(atttypid, atttypmod) as type from pg_attribute
    where attrelid = $2 and attnum > 0 and not attisdropped
)
select format('%I: %s, there %s', attname, coalesce(of_first.type, 'missing'), coalesce(of_second.type, 'missing')) as difference,
       of_first.type is null as is_missing
from of_first full join of_second using (attname)
where of_first.type is distinct from of_second.type
order by attname
