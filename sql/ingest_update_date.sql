-- The update date of an ingest into table $1: $2, or now; whether it lies before the watermark's data_date; that date.
-- A table whose rows reach beyond today (targets, forecasts) takes updates of today all the same. $3: the time zone, if not that of the session.
select to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00',
       at at time zone zone < least(data_date, (clock_timestamp() at time zone zone)::date), data_date::text
from dfa.data_pipeline,
     lateral (select coalesce($2, clock_timestamp()), coalesce($3, current_setting('TimeZone'))) as moment (at, zone)
where table_name = $1
