-- Incidents, those that last first; $1 of them.
select id, event::pg_catalog.text as event, name, pg_catalog.to_char(opened_at, 'YYYY-MM-DD HH24:MI') as opened,
       pg_catalog.to_char(closed_at, 'YYYY-MM-DD HH24:MI') as closed, process_id, cause
from dfa.incident
order by closed_at is not null, opened_at desc, id desc
limit $1
