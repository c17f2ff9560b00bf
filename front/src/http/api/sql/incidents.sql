-- Incidents by time ($1 is no other) and number from ($2, $3) on, $4 of them; open or closed $5, name $6. Index incident_recent
-- serves it, incident_name for one name.
select json_build_object(
           'id', id, 'event', event, 'name', name, 'opened_at', opened_at, 'closed_at', closed_at, 'process_id', process_id,
           'number', number, 'cause', cause
       )::text as row, to_char(opened_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') as sort_key, id::text as name
from dfa.incident
where $1::text is not null
  and ($3::text is null or (opened_at, id) {beyond} ($2::text::timestamp at time zone 'UTC', $3::text::bigint))
  and ($5::text is null or (closed_at is null) = ($5 = 'open'))
  and ($6::text is null or incident.name = $6)
  and dfa.key_covers(incident.name)
order by opened_at {direction}, id {direction}
limit $4
