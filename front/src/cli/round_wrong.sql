-- What is wrong now, whether somebody has been told of it or not.
select trouble.event::pg_catalog.text as event, trouble.name, pg_catalog.to_char(open.opened_at, 'YYYY-MM-DD HH24:MI') as since, trouble.process_id,
       pg_catalog.regexp_replace(trouble.cause, '^\[ run_date: [0-9-]+ \]\n', '') as cause
from dfa.trouble as trouble
     left join dfa.incident as open on open.event = trouble.event and open.name = trouble.name and open.closed_at is null
order by trouble.event, trouble.name
