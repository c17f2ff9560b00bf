-- Messages by time ($1 is no other) and number from ($2, $3) on, $4 of them; state $5, channel $6. Index delivery_recent serves it.
select json_build_object(
           'id', told.id, 'incident_id', told.incident_id, 'about', told.about, 'channel', told.channel_name,
           'rule', told.rule_name, 'state', told.state, 'due_at', told.due_at, 'attempts', told.attempts, 'error', told.error,
           'created_at', told.created_at, 'ended_at', told.ended_at
       )::text as row, to_char(told.created_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') as sort_key, told.id::text as name
from dfa.delivery as told left join dfa.incident as incident on incident.id = told.incident_id
where $1::text is not null
  and ($3::text is null or (told.created_at, told.id) {beyond} ($2::text::timestamp at time zone 'UTC', $3::text::bigint))
  and ($5::text is null or told.state = $5::text::dfa.delivery_state)
  and ($6::text is null or told.channel_name = $6)
  and dfa.key_covers(coalesce(incident.name, ''))
order by told.created_at {direction}, told.id {direction}
limit $4
