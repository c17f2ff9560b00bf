-- The update date of an ingest into table $1: $2, or now; whether it lies before the watermark's data_date; that date.
select to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00', at < data_date::timestamptz, data_date::text
from dfa.data_pipeline,
     lateral (select coalesce($2, clock_timestamp())) as moment (at)
where table_name = $1
