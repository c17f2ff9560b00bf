-- Table $1 (by name): definition, watermark, relation, neighbours, the newest fifty rows of its log, the last 120 intervals of
-- its ledger. Indexes data_logging_table and the primary key of data_interval.
with definition as (
    select * from dfa.catalog where current and kind = 'table' and name = $1
),
relation as (
    select class.* from pg_class as class
    where class.relname = $1 and class.relkind in ('r', 'p')
      and class.relnamespace = (select oid from pg_namespace where nspname = dfa.ai_schema())
),
col as (
    select attribute.attname as name, format_type(attribute.atttypid, attribute.atttypmod) as kind, attribute.attnotnull as not_null,
           exists (select from pg_index where indrelid = relation.oid and indisprimary and attribute.attnum = any (indkey)) as key,
           pg_get_expr(usual.adbin, usual.adrelid) as usual, col_description(relation.oid, attribute.attnum) as comment
    from relation
         join pg_attribute as attribute on attribute.attrelid = relation.oid and attribute.attnum > 0 and not attribute.attisdropped
         left join pg_attrdef as usual on usual.adrelid = relation.oid and usual.adnum = attribute.attnum
    order by attribute.attnum
),
log as (
    select run_date, action_type::text as action, row_record as rows, process_time as seconds, update_date, process_id,
           case status when 0 then 'SUCCESS' when 1 then 'FAILED' else 'PROCESSING' end as state,
           left(replace(coalesce(message, ''), E'\n', ' '), 300) as message
    from dfa.data_logging
    where table_name = $1
    order by run_date desc nulls last, id desc
    limit 50
),
ledger as (
    select interval_start as start, state, reason from dfa.data_interval
    where table_name = $1 order by interval_start desc limit 120
)
select definition.name, definition.shortname, dfa.ai_schema() as schema, relation.oid is not null as is_there,
       coalesce(has_table_privilege(relation.oid, 'select'), false) as may_read,
       definition.document ->> 'description' as description, definition.document ->> 'owner' as owner,
       watermark.table_type::text as table_type, watermark.data_date, watermark.run_date, watermark.run_type::text as run_type,
       case when watermark.run_count_max > 0 then watermark.run_count_now || ' of ' || watermark.run_count_max end as quota,
       nullif(watermark.rtt_value, 0) as keeps, watermark.rtt_column as kept_by,
       stored.rows, stored.size,
       (select count(*) from pg_inherits where inhparent = relation.oid) as partitions,
       why.cause, why.sentence,
       coalesce(fresh.state, 'unknown') as fresh, fresh.expected_by, fresh.published_at, fresh.late_since, fresh.blocked_by, to_json(coalesce(fresh.causes, '{}')) as causes,
       coalesce((select json_agg(pipeline order by pipeline) from dfa.pipeline_nodes() where node = $1), '[]') as pipelines,
       coalesce((select json_agg(col) from col), '[]') as columns,
       coalesce((select json_agg(log) from log), '[]') as log,
       coalesce((select json_agg(ledger order by ledger.start) from ledger), '[]') as ledger
from definition
     left join relation on true
     cross join lateral (
         select (sum(part.reltuples) filter (where part.reltuples >= 0))::bigint as rows,
                sum(pg_total_relation_size(part.oid))::bigint as size
         from unnest(array(select relid::oid from pg_partition_tree(relation.oid)) || relation.oid) as tree (oid)
              join pg_class as part on part.oid = tree.oid and part.relkind <> 'p'
     ) as stored
     left join dfa.data_pipeline as watermark on watermark.table_name = definition.name
     cross join lateral dfa.why(definition.name) as why
     left join lateral dfa.table_freshness(definition.name) as fresh on true
