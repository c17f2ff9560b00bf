-- The ids of the current definitions of the kinds $1.
select id
from dfa.catalog
where current and kind = any($1::dfa.definition_kind[])
order by kind, name
