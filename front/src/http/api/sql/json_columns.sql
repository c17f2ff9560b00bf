-- The columns whose values are JSON, of the table that $1 names, by name or short name.
with recursive target as (
    select to_regclass(format('%I.%I', coalesce(nullif(current_setting('dfa.ai_schema', true), ''), 'ai'), name)) as relation
    from dfa.catalog
    where current and kind = 'table' and $1 in (name, shortname)
    order by name = $1 desc
    limit 1
), layer as (
    select attname, attnum, atttypid as type
    from target join pg_attribute on attrelid = relation
    where attnum > 0 and not attisdropped
    union all
    select attname, attnum, typbasetype
    from layer join pg_type on pg_type.oid = type
    where typtype = 'd'
)
select coalesce(array_agg(attname::text), '{}') as columns from layer where type in ('json'::regtype, 'jsonb'::regtype)
