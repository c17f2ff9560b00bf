-- Whether table $1.$2, or a partition of it, has triggers that see a row before it is written (tgtype: 1 for each row, 2
-- before).
with target as (select to_regclass(format('%I.%I', $1::text, $2::text)) as relation)
select exists (
    select from target, pg_trigger
    where tgrelid in (select relation union select relid from pg_partition_tree(relation))
      and not tgisinternal and tgtype & 3 = 3
) as any
