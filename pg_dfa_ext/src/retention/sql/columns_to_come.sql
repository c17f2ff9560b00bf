-- Statements that give backup $2 (an oid), called $3.$4, the columns that table $1 (an oid) has and it lacks, first as Postgres gives a default to rows that are there, then without it. A default that differs from row
-- to row is none for rows that have left.
select unnest(array[
           format('alter table %I.%I add column %I %s%s', $3, $4, attname, format_type(atttypid, atttypmod), ' default ' || value),
           format('alter table %I.%I alter column %I drop default', $3, $4, attname)])
from pg_attribute as own
     left join lateral (
         select pg_get_expr(adbin, adrelid) from pg_attrdef
         where adrelid = attrelid and adnum = attnum and attgenerated = ''
           and not exists (select from pg_depend
                           where classid = 'pg_attrdef'::regclass and objid = pg_attrdef.oid
                             and (refclassid = 'pg_class'::regclass and refobjid <> attrelid
                                  or refclassid = 'pg_proc'::regclass))
           and adbin::text !~ 'FUNCEXPR|SQLVALUEFUNCTION|NEXTVALUEEXPR'
     ) as given (value) on true
where attrelid = $1 and attnum > 0 and not attisdropped
  and not exists (select from pg_attribute as there
                  where there.attrelid = $2 and there.attname = own.attname and not there.attisdropped)
order by attnum
