-- The newest $1 messages.
select told.id, told.about, incident.event::pg_catalog.text as event, incident.name, told.channel_name as channel, told.state::pg_catalog.text as state,
       told.attempts, pg_catalog.to_char(coalesce(told.ended_at, told.due_at), 'YYYY-MM-DD HH24:MI:SS') as at, told.error
from dfa.delivery as told left join dfa.incident on incident.id = told.incident_id
order by told.created_at desc, told.id desc
limit $1
