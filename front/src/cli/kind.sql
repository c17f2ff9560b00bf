-- Whether $1 is a pipeline or a table, by name, which wins, else by short name or pipeline id.
select kind
from (select kind::text as kind, catalog.name = $1::text as by_name
      from dfa.catalog as catalog
      where current and kind in ('table', 'pipeline') and ($1::text in (catalog.name, catalog.shortname))
      union all
      select 'pipeline', false from dfa.task_schedule where pipeline_id = $1::text and pipeline_type = 'pipeline') as known
order by by_name desc, kind desc
limit 1
