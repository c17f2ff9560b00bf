-- How table $1 (an oid) is distributed: the column (null: it is a reference table), and what is colocated. No row: it is not.
select case when partmethod <> 'n' then column_to_column_name(logicalrelid, partkey) end as column_name,
       colocationid::bigint as colocation
from pg_dist_partition
where logicalrelid = $1 and (partmethod <> 'n' or repmodel = 't');
