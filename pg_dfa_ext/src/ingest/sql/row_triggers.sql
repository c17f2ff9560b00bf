-- Whether table $1 (an oid), or a partition of it, has triggers that see a row before it is written (tgtype: 1 for each
-- row, 2 before). By pg_inherits: pg_partition_tree would lock every partition.
with recursive part (oid) as (
    select $1
    union all
    select inhrelid from part join pg_inherits on inhparent = part.oid
)
select exists (
    select from part join pg_trigger on tgrelid = part.oid where not tgisinternal and tgtype & 3 = 3
)
