-- Intervals of table $1 from $2 to $3 that are not done.
select interval_start::pg_catalog.text as "from", interval_end::pg_catalog.text as "to", state, reason
from dfa.gaps($1, $2::pg_catalog.text::pg_catalog.date, $3::pg_catalog.text::pg_catalog.date)
