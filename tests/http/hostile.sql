-- A trap for each name of pg_catalog, in a schema that comes before it in everybody's search path: whoever means one of
-- Postgres' functions, operators, tables or types without saying so falls into it.
create schema trap;
grant usage on schema trap to public;
do $traps$
declare
    known record;
    number integer := 0;
begin
    for known in
        select proname, pg_get_function_identity_arguments(oid) as arguments, prorettype::regtype as returned, proretset
        from pg_proc
        where pronamespace = 'pg_catalog'::regnamespace and not proargtypes::oid[] && array['internal'::regtype::oid, 'cstring'::regtype, '"any"'::regtype]
              and prokind in ('f', 'a', 'w') and prorettype <> 'internal'::regtype
              and proname !~ '(_in|_out|_recv|_send|_support|_handler|_sel|_sort)$'
    loop
        begin
            execute format('create function trap.%I(%s) returns %s %s language plpgsql as %L', known.proname, known.arguments,
                           case when known.proretset then 'setof' else '' end, known.returned,
                           format('begin raise exception ''caught by function %s''; end', known.proname));
        exception when others then null;
        end;
    end loop;
    for known in
        select oprname, nullif(oprleft, 0)::regtype as l, oprright::regtype as r, oprresult::regtype as returned
        from pg_operator
        where oprnamespace = 'pg_catalog'::regnamespace
        union all
        -- What fits better than the operators of any enum.
        select operator.name, enum.oid::regtype, enum.oid::regtype, 'boolean'::regtype
        from pg_type as enum, (values ('='), ('<>'), ('<'), ('>')) as operator (name)
        where enum.typtype = 'e' and enum.typnamespace = 'dfa'::regnamespace
    loop
        begin
            number := number + 1;
            execute format('create function trap.operator_%s(%s) returns %s language plpgsql as %L', number,
                           concat_ws(', ', known.l, known.r), known.returned,
                           format('begin raise exception ''caught by operator %s''; end', known.oprname));
            execute format('create operator trap.%s (%s rightarg = %s, function = trap.operator_%s)', known.oprname,
                           'leftarg = ' || known.l || ', ', known.r, number);
        exception when others then null;
        end;
    end loop;
    for known in select relname from pg_class where relnamespace = 'pg_catalog'::regnamespace and relkind in ('r', 'v') loop
        execute format('create view trap.%I as select ''caught''::text as caught', known.relname);
    end loop;
    for known in
        select typname, oid::regtype as type from pg_type
        where typnamespace = 'pg_catalog'::regnamespace and typtype = 'b' and typelem = 0
    loop
        begin
            execute format('create domain trap.%I as pg_catalog.%I check (value is null)', known.typname, known.typname);
        exception when others then null;
        end;
    end loop;
end
$traps$;
-- Better than a function of any values.
create function trap.format(text, text) returns text language plpgsql as 'begin raise exception ''caught by format''; end';
create function trap.concat_ws(text, text, text) returns text language plpgsql as 'begin raise exception ''caught by concat_ws''; end';
create function trap.to_json(text[]) returns json language plpgsql as 'begin raise exception ''caught by to_json''; end';
create function trap.count(text) returns bigint language plpgsql as 'begin raise exception ''caught by count''; end';
do $path$ begin execute format('alter database %I set search_path = trap, pg_catalog', current_database()); end $path$;
