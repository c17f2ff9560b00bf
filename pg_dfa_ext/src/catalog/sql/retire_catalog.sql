-- The definitions of these kinds $1 and names $2 are no longer current; they stay as history.
update dfa.catalog as known
set current = false
from unnest($1, $2) as given (kind, name)
where known.current and known.kind = given.kind::dfa.definition_kind and known.name = given.name
