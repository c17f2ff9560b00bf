-- What the document of functions must say of each: its comment as a quotation, then a row for each parameter and for each column.
with argument as (
    select pg_proc.oid as function, argument.name, format_type(argument.type, null) as type, argument.mode, argument.place,
        pg_get_function_arg_default(pg_proc.oid, argument.place::integer) as initial
    from pg_proc,
        unnest(proargnames, coalesce(proallargtypes, proargtypes::oid[]),
            coalesce(proargmodes, array_fill('i'::"char", array[pronargs::integer])))
            with ordinality as argument (name, type, mode, place)
    where pronamespace = 'dfa'::regnamespace
)
select proname::text as name,
    array['> ' || translate(obj_description(pg_proc.oid, 'pg_proc'), E'\n', ' ')]
    || coalesce((
        select array_agg(format('| `%s` | %s | %s |', name, type, coalesce('`' || initial || '`', 'needed')) order by place)
        from argument where function = pg_proc.oid and mode in ('i', 'b')), '{}')
    || coalesce((
        select array_agg(format('| `%s` | %s |', name, type) order by place)
        from argument where function = pg_proc.oid and mode in ('t', 'o', 'b')), '{}') as facts
from pg_proc
where pronamespace = 'dfa'::regnamespace and prorettype <> 'trigger'::regtype
order by proname
