-- A run has come to its end: the watermark of table $1 moves on. It is the version $2 of its row, and still says $3 as data_date
-- and $4 as run_date; it then says $5 (null: as before) and $6 (null: as before, a rerun), and counts the run if it changed rows
-- ($7). The row is not locked before: a row that is locked and then updated, by one subtransaction after the other, has all of
-- them as its lockers in the end. No row if it is another version by now.
update dfa.data_pipeline
set data_date = coalesce($5::date, data_date), run_date = coalesce($6::date, run_date), update_date = clock_timestamp(),
    run_count_now = case when $6::date is null then run_count_now
                         when run_date = $6::date and $7 then run_count_now + 1 else 0 end
where ctid = $2::tid and table_name = $1 and data_date = $3::date and run_date = $4::date
returning true
