-- Pauses $2, of kind $1, for reason $3 until $4 (null: until somebody ends it). What is paused already has been so since
-- it was.
insert into dfa.paused as known (kind, name, reason, until) values ($1, $2, $3, $4)
on conflict (kind, name) do update
set reason = excluded.reason, until = excluded.until, paused_by = excluded.paused_by,
    since = case when known.until <= clock_timestamp() then excluded.since else known.since end
returning kind, name, reason, paused_by, since, until
