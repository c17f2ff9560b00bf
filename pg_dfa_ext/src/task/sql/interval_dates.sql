-- The intervals of table $1 that touch the days from $2 to $3: their first days, and the days after their last.
select day::date::text as first, (day + unit.length)::date::text as after_last
from dfa.data_pipeline as watermark
     join dfa.run_unit as unit using (run_type),
     generate_series(date_trunc(unit.name, $2::date::timestamp), $3::date::timestamp, unit.length) as day
where watermark.table_name = $1
order by day
