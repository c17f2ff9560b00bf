-- The first days, from $2 to $3, of the intervals of table $1.
select day::date::text
from dfa.data_pipeline as watermark,
     lateral (select case watermark.run_type when 'daily' then 'day' when 'weekly' then 'week'
                                             when 'monthly' then 'month' else 'year' end) as unit (name),
     generate_series(date_trunc(unit.name, $2::date::timestamp), $3::date::timestamp, ('1 ' || unit.name)::interval) as day
where watermark.table_name = $1 and day >= $2::date
order by day
