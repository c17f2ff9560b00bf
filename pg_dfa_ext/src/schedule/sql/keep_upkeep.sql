-- Upkeep $1 has schedule $2, is due next at $3, and was begun as task $4 (null: not now). Of two who find it new at once, one
-- writes it down.
insert into dfa.upkeep as known (name, schedule, next_at, process_id) values ($1, $2, $3::timestamptz, $4)
on conflict (name) do update
set schedule = excluded.schedule, next_at = excluded.next_at, process_id = coalesce(excluded.process_id, known.process_id)
