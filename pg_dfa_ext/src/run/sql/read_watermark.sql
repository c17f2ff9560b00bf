-- The watermark of table $1 for a run of date $2: the version of the row, who wrote it, and whether somebody may have it locked; the
-- interval of $2, the first day of that of its last run, and with a lookback of $3 days the last day that it surely took
-- before. One look-up: a run reads it first, and whatever more it knew of the row would cost each run.
select ctid::text as version,
       xmin::text::bigint as written_by,
       xmax::text <> '0' as may_be_locked,
       table_type::text as table_type,
       run_type::text as run_type,
       data_date::text as data_date,
       run_date::text as run_date,
       run_date = $2::date and run_count_max > 0 and run_count_now >= run_count_max as quota_reached,
       rtt_column,
       dfa.is_active(active_flg) as is_active,
       $2::date < run_date as is_passed,
       first_day::text as asked_start,
       (first_day + dfa.unit_length(run_type))::date::text as asked_end,
       least(date_trunc(dfa.unit_name(run_type), run_date::timestamp)::date, first_day)::text as last_run_from,
       (data_date - $3)::text as taken_after
from dfa.data_pipeline,
     lateral (select date_trunc(dfa.unit_name(run_type), $2::date::timestamp)::date) as floor (first_day)
where table_name = $1
