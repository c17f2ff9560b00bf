-- Notes by time ($1 is no other) and number from ($2, $3) on, $4 of them; of a kind $5, on a name $6. Index note_recent serves
-- it, note_of for one name.
select json_build_object('id', id, 'kind', kind, 'name', note.name, 'text', text, 'person', person, 'created_at', created_at,
                         'until', until)::text as row,
       to_char(created_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') as sort_key, id::text as name
from dfa.note_now as note
where $1::text is not null
  and ($3::text is null or (created_at, id) {beyond} ($2::text::timestamp at time zone 'UTC', $3::text::bigint))
  and ($5::text is null or kind = $5)
  and ($6::text is null or note.name = $6)
  and dfa.key_covers(case kind when 'task' then coalesce((select process_name_put from dfa.task_process where process_id = note.name), '')
                               else note.name end)
order by created_at {direction}, id {direction}
limit $4
