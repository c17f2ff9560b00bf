-- Of a table that is shown: about how many rows it has, and how large it is with its partitions and indexes.
cross join lateral (
    select (sum(part.reltuples) filter (where part.reltuples >= 0))::bigint as rows,
           sum(pg_total_relation_size(part.oid))::bigint as size
    from pg_class as relation
         cross join lateral unnest(case relation.relkind when 'p' then array(select relid::oid from pg_partition_tree(relation.oid))
                                                 else array[relation.oid] end) as tree (oid)
         join pg_class as part on part.oid = tree.oid and part.relkind <> 'p'
    where relation.relname = listed.name and relation.relkind in ('r', 'p')
      and relation.relnamespace = (select oid from pg_namespace where nspname = dfa.ai_schema())
) as more
