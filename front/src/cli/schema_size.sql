-- The data schema, and as far as statistics know how much it holds.
select schema.name, count(class.oid) as tables,
       coalesce(sum(greatest(class.reltuples, counted.n_live_tup, 0)), 0)::bigint as rows
from (select coalesce(nullif(current_setting('dfa.ai_schema', true), ''), 'ai') as name) as schema
     left join pg_namespace as namespace on namespace.nspname = schema.name
     left join pg_class as class on class.relnamespace = namespace.oid and class.relkind = 'r'
     left join pg_stat_all_tables as counted on counted.relid = class.oid
group by schema.name
