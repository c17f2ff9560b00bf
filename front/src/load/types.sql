-- Of what the types of the columns of table $1.$2 are made, at any depth: oid, the type below a domain, the type of an
-- array's elements and what stands between them, attributes of a composite and their types, whether it is hstore.
with recursive made (type) as (
    select atttypid
    from pg_attribute
    where attrelid = to_regclass(format('%I.%I', $1::text, $2::text)) and attnum > 0 and not attisdropped
    union
    select part
    from made
         join pg_type on pg_type.oid = made.type
         cross join lateral (
             select typbasetype where typtype = 'd'
             union all
             select typelem where typcategory = 'A' and typtype = 'b'
             union all
             select atttypid from pg_attribute
             where typtype = 'c' and attrelid = typrelid and attnum > 0 and not attisdropped
         ) as parts (part)
    where part <> 0
)
select made.type as oid,
       format_type(made.type, null) as type_name,
       case when typtype = 'd' then typbasetype end as base,
       case when typcategory = 'A' and typtype = 'b' then nullif(typelem, 0) end as element,
       coalesce((select element.typdelim::text from pg_type as element where element.oid = pg_type.typelem), ',')
           as delimiter,
       attributes.names as attribute_names,
       attributes.types as attribute_types,
       typinput::regproc::text in ('hstore_in') or typinput::regproc::text like '%.hstore_in' as is_hstore
from made
     join pg_type on pg_type.oid = made.type
     cross join lateral (
         select coalesce(array_agg(attname::text order by attnum), '{}') as names,
                coalesce(array_agg(atttypid order by attnum), '{}') as types
         from pg_attribute
         where typtype = 'c' and attrelid = typrelid and attnum > 0 and not attisdropped
     ) as attributes
