-- The columns of table $1.$2 in their order. A domain may forbid null and have a default, at any depth. A cast names the
-- type so that no search path gives it another meaning: what has no grammar of its own is qualified.
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
select attname::text as name,
       format_type(atttypid, atttypmod) as type_name,
       case when single.typnamespace = 'pg_catalog'::regnamespace
                 and format_type(single.oid, -1) = quote_ident(single.typname) then 'pg_catalog.'
            else ''
       end || format_type(atttypid, atttypmod) as cast_name,
       atttypid as type,
       atttypmod as type_modifier,
       attnotnull or domain.not_null as not_null,
       atthasdef or attidentity <> '' or domain.has_default as has_default,
       attgenerated <> '' as is_generated
from target
     join pg_attribute as attribute on attrelid = relation
     join domain on domain.attnum = attribute.attnum
     join pg_type as whole on whole.oid = atttypid
     join pg_type as single
          on single.oid = case when whole.typcategory = 'A' and whole.typelem <> 0 then whole.typelem else whole.oid end
order by attribute.attnum
