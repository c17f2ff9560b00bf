-- The columns of table $1.$2 in their order. The last two are the type that a domain is made of in the end (else the type
-- itself) and, of an array, that of its elements.
with recursive target as (
    select to_regclass(format('%I.%I', $1::text, $2::text)) as relation
), layer as (
    select attnum, atttypid as type, 0 as depth, false as not_null, false as has_default
    from target join pg_attribute on attrelid = relation
    where attnum > 0 and not attisdropped
    union all
    select attnum, typbasetype, depth + 1, not_null or typnotnull, has_default or typdefault is not null
    from layer join pg_type on pg_type.oid = type
    where typtype = 'd'
), element as (
    select attnum, typelem as type, 0 as depth
    from layer join pg_type on pg_type.oid = type
    where typcategory = 'A' and typelem <> 0
    union all
    select attnum, typbasetype, depth + 1
    from element join pg_type on pg_type.oid = type
    where typtype = 'd'
)
select attname::text, format_type(atttypid, atttypmod), atttypid, atttypmod, attnotnull or base.not_null,
       atthasdef or attidentity <> '' or base.has_default, attgenerated <> '', base.type,
       (select type from element where element.attnum = attribute.attnum order by depth desc limit 1)
from target join pg_attribute as attribute on attrelid = relation
     join lateral (
         select * from layer where layer.attnum = attribute.attnum order by depth desc limit 1
     ) as base on true
where attribute.attnum > 0 and not attisdropped
order by attribute.attnum
