-- The watermark of table $1 for a run of date $2; the last two columns are the dates that a rerun uses:
-- before data_date, the first day of the interval of $2, and from there back by 1 + sla intervals.
select table_type::text,
       data_date::text,
       run_date::text,
       run_date = $2::date and run_count_max > 0 and run_count_now >= run_count_max,
       -- As SQL: a column of the table in its quotes, else an expression.
       case when exists (select from pg_attribute
                         where attrelid = to_regclass(format('%I.%I', coalesce(nullif(current_setting('dfa.ai_schema', true), ''), 'ai'), $1))
                           and attname = trim(rtt_column) and attnum > 0 and not attisdropped)
            then quote_ident(trim(rtt_column)) else rtt_column end,
       dfa.is_active(active_flg),
       $2::date < run_date,
       case when $2::date < data_date then first_day else $2::date end::text,
       case when $2::date < data_date then (first_day - (1 + sla.intervals) * unit.length)::date else data_date end::text
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
                     end) as sla (intervals)
where table_name = $1
