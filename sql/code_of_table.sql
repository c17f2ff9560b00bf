-- What runs when rows of table $1 (an oid) or of its partitions are read or written, with the role that made it: triggers,
-- with the owners of their functions, and policies.
with part as (
    select $1 as oid union select relid from pg_partition_tree($1) union select inhrelid from pg_inherits where inhparent = $1
)
select format('a trigger, %s', quote_ident(tgname)), proowner
from part
     join pg_trigger on tgrelid = part.oid and not tgisinternal
     join pg_proc on pg_proc.oid = tgfoid
union all
select 'a partition of another role', relowner
from part join pg_class using (oid)
union all
select 'row level security', relowner
from part join pg_class using (oid)
where relrowsecurity
