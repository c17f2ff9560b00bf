-- Whether an interval of table $1 that begins from the day $2 on and before the day $3 is not done, but for those that begin on
-- the days $4.
select exists (
    select from dfa.data_pipeline as watermark
         join dfa.run_unit as unit using (run_type),
         generate_series(date_trunc(unit.name, $2::date::timestamp), $3::date::timestamp - unit.length, unit.length) as day
         left join dfa.data_interval as known on known.table_name = $1 and known.interval_start = day::date
    where watermark.table_name = $1 and known.state is distinct from 'done' and day::date <> all($4::date[]))
