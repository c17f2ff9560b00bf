-- The first days, from $2 to $3, of the intervals of table $1; with $4 only of those that no run has covered or that are
-- stale.
select day::date::text
from dfa.data_pipeline as watermark
     join dfa.run_unit as unit using (run_type),
     generate_series(date_trunc(unit.name, $2::date::timestamp), $3::date::timestamp, unit.length) as day
     left join dfa.data_interval as known on known.table_name = $1 and known.interval_start = day::date
where watermark.table_name = $1 and day >= $2::date and (not $4 or known.state is distinct from 'done')
order by day
