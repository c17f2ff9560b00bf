-- The current definitions of the kinds $2 that the name $1 can mean: the full name wins over short names.
with found as (
    select kind, name, name = $1 as exact
    from dfa.catalog
    where current and kind = any($2::dfa.definition_kind[]) and (name = $1 or shortname = $1)
)
select kind::text, name
from found
where exact or not exists (select from found where exact)
order by kind, name
