-- The definition of kind $1 called $2: the version in force, or that with id $3; all its versions; and that which it is compared
-- with ($4: an id, before, current). Index catalog_history.
with version as (
    select * from dfa.catalog where kind::text = $1 and name = $2
)
select shown.id::text as id, shown.kind, shown.name, shown.shortname, shown.version, shown.document ->> 'description' as description,
       shown.source, shown.loaded_at, shown.loaded_by, shown.set_up_at, shown.document, shown.current,
       other.document as other, other.loaded_at as other_at,
       (select json_agg(known) from (select id::text as id, version.version, loaded_at, loaded_by, current from version
                                     order by version.version desc, version.id desc limit 100) as known) as versions
from version as shown
     left join lateral (
         select * from version
         where case when $4::text = 'before' then version.id < shown.id
                    when $4::text = 'current' then version.current
                    when $4::text ~ '^[0-9]{1,18}$' then version.id = $4::bigint
                    else false end
         order by version.id desc
         limit 1
     ) as other on true
where case when $3::text ~ '^[0-9]{1,18}$' then shown.id = $3::bigint else shown.current end
