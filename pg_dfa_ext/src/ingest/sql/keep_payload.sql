-- Keeps chunk $2 of ingest $1, payload $3, for a worker: true, unless that number came before with something else.
with kept as (
    insert into dfa.ingest_payload (process_id, chunk, payload) values ($1, $2, $3::json)
    on conflict do nothing
    returning true
)
select exists (select from kept)
       or coalesce((select payload::text = $3 from dfa.ingest_payload where process_id = $1 and chunk = $2), false)
