-- The update date of an ingest into table $1: $2, or now; whether it lies before the watermark's data_date; that date.
-- A table whose rows reach beyond today (targets, forecasts) takes updates of today all the same.
select at::text as update_date,
       at::timestamp < least(data_date, current_date) as is_too_early, data_date::text as data_date
from dfa.data_pipeline, lateral (select coalesce($2, clock_timestamp())) as moment (at)
where table_name = $1
