-- Definitions in force.
select kind, name, shortname, version, description, owner, tags, source, loaded_at, loaded_by
from (
    select kind::text as kind, name, shortname, version, document ->> 'description' as description,
           document ->> 'owner' as owner, source, loaded_at, loaded_by,
           case when json_typeof(document -> 'tags') = 'array' then document -> 'tags' else '[]' end as tags
    from dfa.catalog
    where current
) as definition
where true{where}
