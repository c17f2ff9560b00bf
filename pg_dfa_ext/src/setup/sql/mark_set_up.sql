-- The definitions of kinds $1 and names $2 are set up.
update dfa.catalog as known
set set_up_at = clock_timestamp()
from unnest($1, $2) as given (kind, name)
where known.current and known.kind = given.kind::dfa.definition_kind and known.name = given.name
