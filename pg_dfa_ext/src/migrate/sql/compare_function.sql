-- The function or procedure $2 of schema $1 with the arguments of its shadow $3 (an oid): oid, whether it is as the shadow,
-- whether it can become so in place, its kind. No row: there is none.
with side as (
    select pg_proc.*, nspname,
           substring(pg_get_functiondef(pg_proc.oid)
                     from length(format('CREATE OR REPLACE %s %I.%I', case prokind when 'p' then 'PROCEDURE' else 'FUNCTION' end,
                                        -- As it prints those of temporary objects.
                                        case when pronamespace = pg_my_temp_schema() then 'pg_temp' else nspname end, proname)) + 1)
               as definition
    from pg_proc join pg_namespace on pg_namespace.oid = pronamespace
    where prokind in ('f', 'p', 'w') and (pg_proc.oid = $3 or nspname = $1 and proname = $2)
)
select old.oid, old.definition = new.definition as is_same,
       old.prokind = new.prokind and old.prorettype = new.prorettype and old.proretset = new.proretset
           and old.proargnames is not distinct from new.proargnames and old.proargmodes is not distinct from new.proargmodes
           and old.proallargtypes is not distinct from new.proallargtypes and old.pronargdefaults <= new.pronargdefaults as fits_in_place,
       case old.prokind when 'p' then 'procedure' else 'function' end as kind
from side as old, side as new
where new.oid = $3 and old.oid <> $3 and old.proargtypes = new.proargtypes
