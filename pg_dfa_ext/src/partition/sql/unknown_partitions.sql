-- How many partitions of table $1 (an oid) have rows, and no statistics.
select count(*)
from pg_partition_tree($1) as leaf join pg_class on pg_class.oid = leaf.relid
where leaf.isleaf and leaf.level > 0 and reltuples < 0 and pg_relation_size(leaf.relid) > 0
