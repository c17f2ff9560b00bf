-- Of a table that is shown: about how many rows it has, and how large it is with its partitions, indexes and long values, as its
-- last ANALYZE or VACUUM knows; of one that had none its files are asked. For files, a thousand tables are a thousand times too slow.
cross join lateral (
    select (sum(part.reltuples) filter (where part.reltuples >= 0))::bigint as rows,
           sum(case when part.reltuples < 0 then pg_total_relation_size(part.oid)
                    else (part.relpages + coalesce(toast.relpages, 0)
                          + (select coalesce(sum(index.relpages), 0) from pg_index as of join pg_class as index on index.oid = of.indexrelid
                             where of.indrelid = part.oid)) * current_setting('block_size')::bigint end)::bigint as size
    from pg_class as relation
         cross join lateral (
             select relation.oid where relation.relkind = 'r'
             union all
             select tree.relid from pg_partition_tree(relation.oid) as tree where relation.relkind = 'p' and tree.isleaf
         ) as leaf
         join pg_class as part on part.oid = leaf.oid
         left join pg_class as toast on toast.oid = part.reltoastrelid
    where relation.relname = listed.name and relation.relkind in ('r', 'p')
      and relation.relnamespace = (select oid from pg_namespace where nspname = dfa.ai_schema())
) as more
