-- The update date of an ingest into table $1: $2, or now; whether it lies before the watermark's data_date; that date.
-- Of a table whose rows reach beyond today (targets, forecasts, one typed 9999-12-31) data_date does not say up to when it
-- was updated: the date of its last run does.
select at::text as update_date,
       at::timestamp < case when data_date > current_date then least(run_date, current_date) else data_date end
           as is_too_early,
       data_date::text as data_date
from dfa.data_pipeline, lateral (select coalesce($2, clock_timestamp())) as moment (at)
where table_name = $1
