-- Statements that give the partitions of table $1.$2 the owner that the table has.
select format('alter table %s owner to %I', part.oid::regclass, root.relowner::regrole::text)
from pg_class as root, lateral pg_partition_tree(root.oid) join pg_class as part on part.oid = relid
where root.oid = to_regclass(format('%I.%I', $1, $2)) and part.relowner <> root.relowner
