-- How many rows table $1 (an oid) has with its partitions, by what ANALYZE or VACUUM found last; null where they have not been
-- there, or where a file has grown or shrunk by more than a tenth since.
select case when bool_and(is_fresh)
            then sum(case when relpages > 0 then reltuples * pages::float8 / relpages else reltuples end)::bigint end
from (select $1 as oid union select relid from pg_partition_tree($1) where isleaf) as part
     join pg_class using (oid),
     lateral (select pg_relation_size(oid) / current_setting('block_size')::bigint) as size (pages),
     lateral (select reltuples >= 0 and pages between relpages * 0.9 and relpages * 1.1) as judged (is_fresh)
where relkind = 'r'
