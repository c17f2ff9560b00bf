-- The watermark of table $1 for a run of date $2. Then the dates that a rerun uses: before data_date, the first day of the
-- interval of $2, and from there back by 1 + sla intervals. Then the interval of $2, the first day of the intervals that a
-- common run takes, with a lookback of $3 days, and the last day that it surely took before.
select table_type::text as table_type,
       data_date::text as data_date,
       run_date::text as run_date,
       run_date = $2::date and run_count_max > 0 and run_count_now >= run_count_max as quota_reached,
       -- As SQL: a column of the table in its quotes, else an expression.
       case when exists (select from pg_attribute
                         where attrelid = to_regclass(format('%I.%I', coalesce(nullif(current_setting('dfa.ai_schema', true), ''), 'ai'), $1))
                           and attname = trim(rtt_column) and attnum > 0 and not attisdropped)
            then quote_ident(trim(rtt_column)) else rtt_column end as rtt_column,
       dfa.is_active(active_flg) as is_active,
       $2::date < run_date as is_passed,
       case when $2::date < data_date then first_day else $2::date end::text as rerun_run_date,
       case when $2::date < data_date then (first_day - (1 + sla.intervals) * unit.length)::date else data_date end::text as rerun_data_date,
       first_day::text as asked_start,
       (first_day + unit.length)::date::text as asked_end,
       least(date_trunc(unit.name, (since.day - $3)::timestamp)::date, ledger.open_from, first_day)::text as common_from,
       (data_date - $3)::text as taken_after
from dfa.data_pipeline
     join dfa.run_unit as unit using (run_type),
     lateral (select date_trunc(unit.name, $2::date::timestamp)::date) as floor (first_day),
     lateral (select case when exists (select from dfa.data_parameter
                                       where parameter_name = 'data_normal_rerun_reset_sla'
                                         and dfa.is_active(active_flg) and upper(trim(parameter_value)) = 'Y')
                          then 0
                          else coalesce((select parameter_value::int from dfa.data_parameter
                                         where parameter_name = 'date_range_sla_' || unit.name
                                           and parameter_type = 'int' and dfa.is_active(active_flg)), 0)
                     end) as sla (intervals),
     lateral (select exists (select from dfa.data_interval where table_name = $1),
                     (select min(interval_start) from dfa.data_interval where table_name = $1 and state = 'open')
             ) as ledger (has_runs, open_from),
     -- Before the first run the data reach to where the setup, or somebody, said. Later neither a date in the years to come
     -- nor the rerun of a day far ahead may hide days that no run has taken; and without an rtt_column data_date stands still.
     lateral (select case when not ledger.has_runs then data_date
                          when coalesce(trim(rtt_column), '') = '' then run_date
                          else least(data_date, run_date) end) as since (day)
where table_name = $1
