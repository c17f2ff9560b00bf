-- Definitions in force: of kind $1, prefix $2, with part $3 of the name or the short name $3, tag $4, owner $5.
select kind, name, shortname, version, document ->> 'description' as description, document ->> 'owner' as owner, source,
       loaded_at, loaded_by, count(*) over () as total,
       case when json_typeof(document -> 'tags') = 'array' then document -> 'tags' else '[]' end as tags,
       (select count(*) from dfa.catalog as other where other.kind = catalog.kind and other.name = catalog.name) as versions
from dfa.catalog as catalog
where current
  and ($1::text is null or kind::text = $1)
  and ($2::text is null or split_part(name, '_', 1) = $2)
  and ($3::text is null or strpos(name, $3) > 0 or shortname = $3)
  and ($4::text is null or json_typeof(document -> 'tags') = 'array' and (document -> 'tags')::jsonb ? $4)
  and ($5::text is null or document ->> 'owner' = $5)
order by kind, name
limit 500
