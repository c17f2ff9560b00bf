-- The stale intervals of table $1 that begin after the day $2 and up to the day $3 are done, by step $4: those of the marks that
-- the run saw when it looked at its sources, at the moments $6 of the intervals $5.
update dfa.data_interval
set state = 'done', step_id = $4, reason = null, updated_at = clock_timestamp()
where table_name = $1 and state = 'stale' and interval_start > $2::date and interval_start <= $3::date
  and (interval_start, updated_at) in (select * from unnest($5::date[], $6::timestamptz[]))
