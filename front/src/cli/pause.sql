-- Pauses $1 because of $2 until $3, and says what that is.
select case kind when 'pipeline' then pg_catalog.format('pipeline %L', name) when 'worker' then 'the workers' else 'everything' end
       || ' until ' || coalesce(until::pg_catalog.text, 'dfa unpause') as paused
from dfa.pause($1, $2, $3::pg_catalog.text::timestamptz)
