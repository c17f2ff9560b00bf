-- A run by step $8 has come to its end: the watermark of table $1 moves on, and the intervals that the run took are written down.
--
-- The watermark is the version $2 of its row, and still says $3 as data_date and $4 as run_date; it then says $5 (null: as
-- before) and $6 (null: as before, a rerun), and counts the run if it changed rows ($7). The row is not locked before: a row
-- that is locked and then updated, by one subtransaction after the other, has all of them as its lockers in the end.
--
-- The intervals, of run type $9, are those from the one that begins on $10 to that of $11. Those that were over at the moment
-- $12 are done; the others are open: rows of theirs are still to come. One that was open before, or stale, stays so unless it
-- begins after the day $13 (null: it was taken whole). So does one that was made stale since the run looked at its sources: it
-- saw the marks at the moments $15 of the intervals $14, and its own has the moment $12.
with moved as (
    update dfa.data_pipeline
    set data_date = coalesce($5::date, data_date), run_date = coalesce($6::date, run_date), update_date = clock_timestamp(),
        run_count_now = case when $6::date is null then run_count_now
                             when run_date = $6::date and $7 then run_count_now + 1 else 0 end
    where ctid = $2::tid and table_name = $1 and data_date = $3::date and run_date = $4::date
    returning table_name
),
known as (
    update dfa.data_interval
    set state = case when interval_start + dfa.unit_length($9) <= $12 then 'done' else 'open' end::dfa.interval_state,
        run_type = $9, step_id = $8, reason = null, updated_at = clock_timestamp()
    where table_name = $1 and interval_start between $10::date and $11::date
      and date_trunc(dfa.unit_name($9), interval_start::timestamp) = interval_start
      and (state = 'done' or $13::date is null or interval_start > $13::date)
      and (state <> 'stale' or updated_at = $12
           or (interval_start, updated_at) in (select * from unnest($14::date[], $15::timestamptz[])))
    returning interval_start
),
added as (
    insert into dfa.data_interval (table_name, interval_start, run_type, state, step_id)
    select $1, day::date, $9,
           case when day + dfa.unit_length($9) <= $12 then 'done' else 'open' end::dfa.interval_state, $8
    from generate_series($10::date::timestamp, $11::date::timestamp, dfa.unit_length($9)) as day
    where day::date not in (select interval_start from known)
    -- What is left as it was.
    on conflict (table_name, interval_start) do nothing
)
select exists (select from moved) as is_moved
