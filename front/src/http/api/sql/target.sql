-- The tables and pipelines that a caller may mean by $1: by name, which wins, else by short name or pipeline id.
with given as (select regexp_replace(btrim($1), '^[A-Za-z]+:', '') as name),
known as (
    select catalog.kind::text as kind, catalog.name, catalog.name = given.name as by_name
    from given
         join dfa.catalog as catalog on catalog.name = given.name or catalog.shortname = given.name
    where catalog.current and catalog.kind in ('table', 'pipeline')
    union
    select 'pipeline', tracked.pipeline_name, false
    from given
         join dfa.task_schedule as tracked on tracked.pipeline_id = given.name and tracked.kind = 'pipeline'
)
select kind, name
from known
where by_name or not exists (select from known as better where better.by_name and better.kind = known.kind)
order by kind, name
