-- What was done, by time ($1 is no other) and id from ($2, $3) on, $4 of it, with the conditions
-- of http/audit_list.rs. Indexes audit_entry_at and task_process_recent serve it, audit_entry_name and task_process_name for one name.
select json_build_object(
           'at', done.at, 'person', done.person, 'way', done.way, 'role', done.role, 'kind', done.kind, 'name', done.name,
           'action', done.action, 'before', done.before, 'after', done.after, 'reason', done.reason, 'process_id', done.process_id
       )::text as row, to_char(done.at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') as sort_key, done.id as name
from dfa.audit as done
where $1::text is not null
  and ($3::text is null or (done.at, done.id) {beyond} ($2::text::timestamp at time zone 'UTC', $3::text))
  and dfa.key_covers(done.name){filters}
order by done.at {direction}, done.id {direction}
limit $4
