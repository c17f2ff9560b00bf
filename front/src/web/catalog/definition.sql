-- The definition of kind $1 called $2: the version in force, or that with id $3; and all its versions. Index catalog_history.
with version as (
    select * from dfa.catalog where kind::text = $1 and name = $2
)
select shown.id::text as id, shown.kind, shown.name, shown.shortname, shown.version, shown.document ->> 'description' as description,
       shown.source, shown.loaded_at, shown.loaded_by, shown.set_up_at, shown.document, shown.current,
       (select json_agg(known) from (select id::text as id, version.version, loaded_at, loaded_by, current from version
                                     order by version.version desc, version.id desc limit 100) as known) as versions
from version as shown
where case when $3::text ~ '^[0-9]{1,18}$' then shown.id = $3::bigint else shown.current end
