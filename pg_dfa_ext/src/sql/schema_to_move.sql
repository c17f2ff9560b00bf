-- Whether schema $1 is there; whether $2 is: empty, or full.
select to_regnamespace(quote_ident($1)) is not null as is_there,
       (select case when exists (select from pg_class where relnamespace = space.oid)
                      or exists (select from pg_proc where pronamespace = space.oid)
                      or exists (select from pg_type where typnamespace = space.oid)
                    then 'full' else 'empty' end
        from pg_namespace as space where nspname = $2) as other
