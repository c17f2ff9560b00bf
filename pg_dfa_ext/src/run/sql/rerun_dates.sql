-- The run_date and data_date that a rerun of date $2 uses, of a table of run type $1 whose data reach to $3: before data_date,
-- the first day of the interval of $2, and from there back by 1 + sla intervals. What lies after that data_date's interval
-- is what it takes.
select run_date::text as run_date, data_date::text as data_date,
       least((date_trunc(dfa.unit_name($1), data_date::timestamp) + dfa.unit_length($1))::date, first_day)::text as taken_from
from (select date_trunc(dfa.unit_name($1), $2::date::timestamp)::date) as floor (first_day),
     lateral (select case when exists (select from dfa.data_parameter
                                       where parameter_name = 'data_normal_rerun_reset_sla'
                                         and dfa.is_active(active_flg) and upper(trim(parameter_value)) = 'Y')
                          then 0
                          else coalesce((select parameter_value::int from dfa.data_parameter
                                         where parameter_name = 'date_range_sla_' || dfa.unit_name($1)
                                           and parameter_type = 'int' and dfa.is_active(active_flg)), 0)
                     end) as sla (intervals),
     lateral (select case when $2::date < $3::date then first_day else $2::date end,
                     case when $2::date < $3::date then (first_day - (1 + sla.intervals) * dfa.unit_length($1))::date
                          else $3::date end) as rerun (run_date, data_date)
