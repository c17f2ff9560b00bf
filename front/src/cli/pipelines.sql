-- The pipelines of the catalog with their tracking.
select catalog.name as pipeline, tracked.pipeline_id as id, coalesce(steps.number, 0) as nodes, tracked.tracking::text as tracking,
       to_char(tracked.update_date, 'YYYY-MM-DD HH24:MI:SS') as updated, tracked.active_flg::text as active
from dfa.catalog as catalog
     left join dfa.task_schedule as tracked on tracked.pipeline_name = catalog.name
     left join lateral (
         select nodes from (select coalesce(document -> 'nodes', document -> 'node', document -> 'tables',
                                            document -> 'table') as nodes) as given
     ) as given on true
     left join lateral (
         select case json_typeof(given.nodes)
                    when 'array' then json_array_length(given.nodes)::bigint
                    when 'object' then (select count(*) from json_object_keys(given.nodes))
                    else 1
                end as number
     ) as steps on true
where catalog.kind = 'pipeline' and catalog.current
order by catalog.name
