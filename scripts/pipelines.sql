-- Pipelines by priority, without those that have a DataFrame process: the service will run these.
select pipeline.name
from dfa.catalog pipeline
where pipeline.current and pipeline.kind = 'pipeline'
  and not exists (
      select from json_array_elements(pipeline.document -> 'nodes') node
      where node ->> 'node_type' = 'py'
  )
order by (pipeline.document ->> 'priority')::numeric, pipeline.name;
