-- The intervals that a run by step $5 took again of table $1, of run type $2: those that the ledger has from the one that begins on $3
-- to that of $4. Those that were over at the moment $6 are done; the others are open: rows of theirs are still to come.
--
-- One that was open before, or stale, stays so unless it begins after the day $7 (null: it was taken whole). So does one that was
-- made stale since the run looked at its sources: it saw the marks at the moments $9 of the intervals $8, and its own has the moment
-- $6. An update, and no ON CONFLICT DO UPDATE, which locks a row before it writes it: of one subtransaction after the other such a
-- row has a list.
update dfa.data_interval
set state = case when interval_start + dfa.unit_length($2) <= $6 then 'done' else 'open' end::dfa.interval_state,
    run_type = $2, step_id = $5, reason = null, updated_at = clock_timestamp()
where table_name = $1 and interval_start between $3::date and $4::date
  and date_trunc(dfa.unit_name($2), interval_start::timestamp) = interval_start
  and (state = 'done' or $7::date is null or interval_start > $7::date)
  and (state <> 'stale' or updated_at = $6
       or (interval_start, updated_at) in (select * from unnest($8::date[], $9::timestamptz[])))
