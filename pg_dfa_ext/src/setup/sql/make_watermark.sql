-- The watermark of table $1: system type $2, table type $3, date $4 (null: today), run type $5, quota $6, retention of
-- $7 months by column $8. One that is there keeps its settings; of a table that was set up before and made anew ($9) it starts
-- again at the date, if one is given.
insert into dfa.data_pipeline as known
    (table_name, system_type, table_type, data_date, run_date, run_type, run_count_max, rtt_value, rtt_column)
values ($1, $2::dfa.system_type, $3::dfa.table_type, coalesce($4::date, current_date), coalesce($4::date, current_date),
        $5::dfa.run_type, $6, $7, $8)
on conflict (table_name) do update
set data_date = excluded.data_date, run_date = excluded.run_date, run_count_now = 0, landed = false, kept_from = null, update_date = clock_timestamp()
where $9 and $4::date is not null
