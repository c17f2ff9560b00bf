-- Whether table $1 (an oid), or a partition of it, has triggers that see a row before it is written (tgtype: 1 for each
-- row, 2 before).
select exists (
    select from pg_trigger
    where tgrelid in (select $1 union select relid from pg_partition_tree($1)) and not tgisinternal and tgtype & 3 = 3
)
