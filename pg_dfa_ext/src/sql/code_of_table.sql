-- What runs when rows of table $1 (an oid) or of its partitions are read or written, with the role that made it: triggers,
-- with the owners of their functions, policies, and partitions.
with recursive part (oid) as (
    select $1
    union all
    select inhrelid from part join pg_inherits on inhparent = part.oid
)
select format('a trigger, %s', quote_ident(tgname)) as what, proowner as owner
from part
     join pg_trigger on tgrelid = part.oid and not tgisinternal
     join pg_proc on pg_proc.oid = tgfoid
union all
select format('a partition, %s', relname), relowner
from part join pg_class using (oid)
union all
select 'policies of row level security', relowner
from part join pg_class using (oid)
where relrowsecurity
