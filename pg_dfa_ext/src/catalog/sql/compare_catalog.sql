-- Says of each given definition (kinds $1, names $2, versions $3, documents $4) how it compares with the current
-- one of its name. Of several in one call the greatest version counts, the last one of equals; the others are older.
with given as (
    select kind::dfa.definition_kind as kind, name, version::date as version, md5(version || document) as checksum,
           position,
           row_number() over (partition by kind, name order by version::date desc, position desc) = 1 as greatest
    from unnest($1, $2, $3, $4) with ordinality as given (kind, name, version, document, position)
)
select case when not given.greatest or given.version < known.version then 'older'
            when known.name is null then 'new'
            when given.checksum = known.checksum then 'same'
            else 'changed' end as action
from given
     left join dfa.catalog as known on known.kind = given.kind and known.name = given.name and known.current
order by given.position
