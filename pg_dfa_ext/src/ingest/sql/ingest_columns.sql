-- The columns of table $1 (an oid): number, name, type, its modifier, NOT NULL, whether one may be left out, whether
-- it is generated, place in the primary key (from 1), collation, the sequence that numbers it.
-- A domain takes no null if it, or one that it is made of, says so; its default is its own.
with recursive domain as (
    select pg_type.oid as of, typbasetype as base, typnotnull
    from pg_type where typtype = 'd' and oid in (select atttypid from pg_attribute where attrelid = $1)
    union all
    select of, typbasetype, pg_type.typnotnull
    from domain join pg_type on pg_type.oid = base and typtype = 'd'
)
select attnum, attname::text, atttypid, atttypmod,
       attnotnull or exists (select from domain where of = atttypid and typnotnull) as is_not_null,
       atthasdef or attidentity <> '' or exists (select from pg_type where oid = atttypid and typdefault is not null) as has_default,
       attgenerated <> '' or attidentity = 'a' as is_generated,
       array_position(key.columns, attnum) as key_place, attcollation,
       case when (atthasdef or attidentity <> '') and atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
           then pg_get_serial_sequence(attrelid::regclass::text, attname) end as sequence
from pg_attribute
     left join lateral (select indkey::smallint[]::smallint[] as given from pg_index
                        where indrelid = attrelid and indisprimary) as found on true
     left join lateral (select array_agg(number order by place) as columns
                        from unnest(found.given) with ordinality as one (number, place)) as key on true
where attrelid = $1 and attnum > 0 and not attisdropped
order by attnum
