-- What is known of the table or pipeline of this very name, $1.
select catalog.kind::pg_catalog.text as kind, catalog.name, catalog.shortname as short_name, catalog.version::pg_catalog.text as version, catalog.source,
       catalog.document ->> 'description' as description, catalog.document ->> 'owner' as owner, catalog.document ->> 'tags' as tags,
       watermark.data_date::pg_catalog.text as data_date, watermark.run_date::pg_catalog.text as run_date, watermark.run_type::pg_catalog.text as run_type,
       watermark.active_flg::pg_catalog.text as active,
       case when catalog.kind = 'pipeline'
            then (select pg_catalog.string_agg(node, ', ' order by place) from dfa.pipeline_nodes(catalog.name)) end as nodes, tracked.tracking::pg_catalog.text as tracking,
       coalesce(catalog.document ->> 'schedule', catalog.document ->> 'scheduler') as schedule,
       coalesce(catalog.document ->> 'trigger', catalog.document ->> 'triggers') as trigger, tracked.next_slot::pg_catalog.text as next_slot
from dfa.catalog as catalog
     left join dfa.data_pipeline as watermark on watermark.table_name = catalog.name and catalog.kind = 'table'
     left join dfa.task_schedule as tracked on tracked.pipeline_name = catalog.name and catalog.kind = 'pipeline'
where catalog.current and catalog.name = $1 and catalog.kind in ('table', 'pipeline')
