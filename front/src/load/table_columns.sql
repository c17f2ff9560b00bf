-- The columns of table $1.$2 in their order. A domain may forbid null and have a default, at any depth.
with recursive target as (
    select to_regclass(format('%I.%I', $1::text, $2::text)) as relation
), layer as (
    select attnum, atttypid as type, false as not_null, false as has_default
    from target join pg_attribute on attrelid = relation
    where attnum > 0 and not attisdropped
    union all
    select attnum, typbasetype, typnotnull, typdefault is not null
    from layer join pg_type on pg_type.oid = type
    where typtype = 'd'
), domain as (
    select attnum, bool_or(not_null) as not_null, bool_or(has_default) as has_default
    from layer group by attnum
)
select attname::text, format_type(atttypid, atttypmod), atttypid, atttypmod, attnotnull or domain.not_null,
       atthasdef or attidentity <> '' or domain.has_default, attgenerated <> ''
from target join pg_attribute as attribute on attrelid = relation
     join domain on domain.attnum = attribute.attnum
order by attribute.attnum
