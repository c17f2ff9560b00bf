-- The types $1 and $2, as SQL has them: of each its own text, that of what it is made of, without a modifier, the
-- category of that, whether it can cut a value (by a modifier or a fixed length), whether `=` is known for it, the element of an array. Then whether
-- Postgres casts the first to the second by itself, and the second to the first.
with recursive side (number, sql, oid, typmod) as (
    select number, sql, of_type.oid, of_type.typmod
    from (values (1, $1), (2, $2)) as given (number, sql),
         lateral (select sql::regtype::oid as oid, position('(' in sql) - 1 as typmod) as of_type
),
base (number, oid, typmod) as (
    select number, oid, typmod from side
    union all
    select number, typbasetype, greatest(base.typmod, typtypmod) from base join pg_type using (oid) where typtype = 'd'
),
known as (
    select side.number, side.sql, base.oid, format_type(base.oid, null) as name, typcategory::text as category,
           base.typmod >= 0 or typcategory = 'S' and typlen > 0 as narrowed,
           exists (select from pg_opclass join pg_am on pg_am.oid = opcmethod
                   where opcdefault and amname in ('btree', 'hash') and opcintype = base.oid)
               or typcategory in ('E', 'R') as equality,
           case when typcategory = 'A' and sql like '%[]' then left(sql, -2)
                when typcategory = 'A' then format_type(typelem, null) end as element
    from side join base using (number) join pg_type on pg_type.oid = base.oid and typtype <> 'd'
)
select old.sql as old_sql, old.name as old_name, old.category as old_category, old.narrowed as old_narrowed,
       old.equality as old_equality, old.element as old_element,
       new.sql as new_sql, new.name as new_name, new.category as new_category, new.narrowed as new_narrowed,
       new.equality as new_equality, new.element as new_element,
       old.oid = new.oid or 'S' in (old.category, new.category) or old.element is not null and new.element is not null
           or exists (select from pg_cast where castsource = old.oid and casttarget = new.oid) as is_known,
       old.oid = new.oid or 'S' in (old.category, new.category)
           or exists (select from pg_cast where castsource = new.oid and casttarget = old.oid) as is_known_back
from known as old, known as new
where old.number = 1 and new.number = 2
