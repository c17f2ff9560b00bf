-- Why $1 is not running.
select kind, name, cause, sentence, waits_for, process_id, node, run_date::pg_catalog.text as run_date, since::pg_catalog.text as since,
       until::pg_catalog.text as until, percent, late_since::pg_catalog.text as late_since
from dfa.why($1)
