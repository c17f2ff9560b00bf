-- The ids of the current definitions of the kinds $1 that are named in $2. Index catalog_current_key serves it.
select id
from dfa.catalog
where current and kind = any($1::dfa.definition_kind[]) and name = any($2)
order by kind, name
