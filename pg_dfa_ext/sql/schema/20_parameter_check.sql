-- A parameter's value fits its type, or is refused when it is written: a process never meets a wrong one.
create function dfa.check_parameter() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if (new.parameter_type = 'int' and new.parameter_value !~ '^\s*[+-]?\d+\s*$')
        or (new.parameter_type = 'list' and new.parameter_value !~ '^\s*(\[.*\]|\(.*\))\s*$')
        or (new.parameter_type = 'dict' and new.parameter_value !~ '^\s*\{.*\}\s*$')
    then
        raise exception 'parameter ''%'' is no %: ''%''',
            new.parameter_name, new.parameter_type, left(new.parameter_value, 100)
            using errcode = 'invalid_parameter_value',
                  hint = 'int is a whole number, list stands in [] or (), dict in {}; anything else is str.';
    end if;
    return new;
end
$$;
create trigger check_parameter before insert or update on dfa.data_parameter
    for each row execute function dfa.check_parameter();

comment on function dfa.check_parameter is
'Trigger of dfa.data_parameter: a value fits its type.';
grant execute on function dfa.check_parameter to dfa_admin;
