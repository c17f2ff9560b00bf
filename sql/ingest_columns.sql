-- The columns of table $1 (an oid): number, name, type, its modifier, NOT NULL, whether one may be left out, whether
-- it is generated, place in the primary key (from 1).
select attnum, attname::text, atttypid, atttypmod,
       attnotnull or exists (select from pg_type where oid = atttypid and typnotnull),
       atthasdef or attidentity <> '',
       attgenerated <> '' or attidentity = 'a',
       array_position(key.columns, attnum), format_type(atttypid, atttypmod)
from pg_attribute
     left join lateral (select indkey::smallint[]::smallint[] as given from pg_index
                        where indrelid = attrelid and indisprimary) as found on true
     left join lateral (select array_agg(number order by place) as columns
                        from unnest(found.given) with ordinality as one (number, place)) as key on true
where attrelid = $1 and attnum > 0 and not attisdropped
order by attnum
