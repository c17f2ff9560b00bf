-- The keys and checks of tables $1 (oids $2) that their shadows (oids $3) lack, and the other way round: table,
-- name of the key, kind (p primary key, u unique, c check), definition, the shadow that has it.
with pair as (
    select name, actual, shadow from unnest($1, $2, $3) as pair (name, actual, shadow)
),
known as (
    select pair.name, shadow, conname, contype, conrelid = shadow as wanted, pg_get_constraintdef(pg_constraint.oid) as definition,
           row_number() over (partition by pair.name, conrelid, contype, pg_get_constraintdef(pg_constraint.oid)) as number
    from pair join pg_constraint on conrelid in (actual, shadow) and contype in ('p', 'u', 'c')
)
select coalesce(old.name, new.name) as table_name, coalesce(old.conname, new.conname)::text as key_name,
       coalesce(old.contype, new.contype)::text as kind, coalesce(old.definition, new.definition) as definition,
       new.shadow::regclass::text as shadow
from (select * from known where not wanted) as old
     full join (select * from known where wanted) as new using (name, contype, definition, number)
where old.conname is null or new.conname is null
order by 1, 4
