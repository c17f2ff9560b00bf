-- The indexes, beside those of keys, that tables $1 (oids $2) lack of their shadows (oids $3): table, its definition from
-- USING on, null. And those that were made for a catalog, by their comment $4, and that no catalog has now: table,
-- definition, name.
with pair as (
    select name, actual, shadow from unnest($1, $2, $3) as pair (name, actual, shadow)
),
known as (
    select pair.name, indrelid = shadow as wanted, relname, indexrelid, indisunique,
           substring(pg_get_indexdef(indexrelid) from position(' USING ' in pg_get_indexdef(indexrelid))) as definition
    from pair
         join pg_index on indrelid in (actual, shadow)
         join pg_class on pg_class.oid = indexrelid
    where not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x'))
)
select new.name as table_name, new.definition, null::text as index_name, new.indexrelid
from known as new
where new.wanted
  and not exists (select from known as old
                  where not old.wanted and (old.name, old.indisunique, old.definition) = (new.name, new.indisunique, new.definition))
union all
select old.name, old.definition, old.relname::text, old.indexrelid
from known as old
where not old.wanted and obj_description(old.indexrelid, 'pg_class') = $4
  and not exists (select from known as new
                  where new.wanted and (new.name, new.indisunique, new.definition) = (old.name, old.indisunique, old.definition))
order by 1, 4
