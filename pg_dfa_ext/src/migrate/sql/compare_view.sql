-- Whether view $1 (an oid) is as its shadow $2, whether it can become so in place (a view that keeps its columns), and the
-- query of the shadow.
with side as (
    select pg_class.oid, relkind,
           array(select attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attcollation from pg_attribute
                 where attrelid = pg_class.oid and attnum > 0 and not attisdropped order by attnum) as columns
    from pg_class where pg_class.oid in ($1, $2)
)
select pg_get_viewdef(old.oid) = pg_get_viewdef(new.oid) and old.columns = new.columns as is_same,
       old.relkind = 'v' and old.columns = new.columns[1:cardinality(old.columns)] as keeps_columns,
       pg_get_viewdef(new.oid) as query
from side as old, side as new
where old.oid = $1 and new.oid = $2
