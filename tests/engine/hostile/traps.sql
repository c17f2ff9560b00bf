-- In schema postgres, which is in the path of the superuser of that name: each operator and many functions of
-- pg_catalog, for types for which it has none of exactly these, so that they fit better than its own. Each of them leaves
-- a row behind that says that it was called, and gives null.
do $traps$
declare
    name text;
    first regtype;
    second regtype;
    answer text;
    number integer := 0;
    kinds constant regtype[] := array(
        select oid::regtype from pg_type
        where typnamespace = 'dfa'::regnamespace and typtype in ('d', 'e')
           or oid in ('varchar'::regtype, 'text'::regtype, 'name'::regtype, 'int4'::regtype, 'int2'::regtype, 'int8'::regtype,
                      'date'::regtype, 'timestamptz'::regtype, 'timestamp'::regtype, 'oid'::regtype, '"char"'::regtype,
                      'regclass'::regtype, 'json'::regtype, 'numeric'::regtype, 'interval'::regtype, 'text[]'::regtype,
                      'int8[]'::regtype, 'name[]'::regtype, 'int2[]'::regtype));
begin
    foreach name in array array['=', '<>', '<', '<=', '>', '>=', '||', '+', '-', '&', '~', '->', '->>', '*'] loop
        answer := case when name in ('=', '<>', '<', '<=', '>', '>=', '~') then 'boolean'
                       when name in ('||', '->>') then 'text' when name = '->' then 'json' else 'integer' end;
        foreach first in array kinds loop
            foreach second in array kinds loop
                continue when exists (select from pg_operator where oprnamespace = 'pg_catalog'::regnamespace
                                      and oprname = name and oprleft = first and oprright = second);
                number := number + 1;
                execute format('create function postgres.trap_%s(%s, %s) returns %s language sql as %L', number, first, second,
                               answer, format('insert into public.trapped values (%L); select null::%s',
                                              format('%s %s %s', first, name, second), answer));
                execute format('create operator postgres.%s (leftarg = %s, rightarg = %s, function = postgres.trap_%s)',
                               name, first, second, number);
            end loop;
        end loop;
    end loop;
    foreach name in array array['quote_ident', 'quote_literal', 'lower', 'upper', 'length', 'md5', 'max', 'min', 'count', 'sum',
                                'date_trunc', 'format_type', 'hashtext', 'to_regclass', 'to_regnamespace', 'trim', 'btrim',
                                'pg_get_expr', 'unnest', 'array_agg', 'pg_typeof', 'json_array_length'] loop
        foreach first in array kinds loop
            continue when exists (select from pg_proc where pronamespace = 'pg_catalog'::regnamespace and proname = name
                                  and proargtypes::text = first::oid::text);
            execute format('create or replace function postgres.%I(%s) returns text language sql as %L', name, first,
                           format('insert into public.trapped values (%L); select null::text', format('%s(%s)', name, first)));
        end loop;
    end loop;
end
$traps$;
