-- The columns of table $1 (by name): which of them a row has to have, and whose values are JSON, also through domains.
with recursive target as (
    select class.oid as relation, catalog.name
    from dfa.catalog as catalog
         left join pg_class as class on class.relname = catalog.name and class.relkind in ('r', 'p')
                                        and class.relnamespace = (select oid from pg_namespace where nspname = dfa.ai_schema())
    where catalog.current and catalog.kind = 'table' and catalog.name = $1
),
layer as (
    select attname, atttypid as type from target join pg_attribute on attrelid = relation
    where attnum > 0 and not attisdropped
    union all
    select attname, typbasetype from layer join pg_type on pg_type.oid = type where typtype = 'd'
)
select target.name,
       coalesce((select json_agg(attname) from layer where type in ('json'::regtype, 'jsonb'::regtype)), '[]') as json_columns,
       coalesce((
           select json_agg(json_build_object(
                      'name', attname, 'kind', format_type(atttypid, atttypmod),
                      'needed', attnotnull and not atthasdef and attidentity = '' and attgenerated = '',
                      'key', exists (select from pg_index where indrelid = relation and indisprimary and attnum = any (indkey))
                  ) order by attnum)
           from pg_attribute where attrelid = relation and attnum > 0 and not attisdropped
       ), '[]') as columns
from target
