-- The first day of the intervals that a common run of date $2 takes of table $1, with a lookback of $3 days.
select least(date_trunc(dfa.unit_name(run_type),
                        (case -- Before the first run the data reach to where the setup, or somebody, said.
                              when (select min(interval_start) from dfa.data_interval where table_name = $1) is null then data_date
                              -- Later neither a date in the years to come nor the rerun of a day far ahead may hide days
                              -- that no run has taken; and without an rtt_column data_date stands still.
                              when coalesce(trim(rtt_column), '') = '' then run_date
                              else least(data_date, run_date) end - $3)::timestamp)::date,
             (select min(interval_start) from dfa.data_interval where table_name = $1 and state = 'open'),
             date_trunc(dfa.unit_name(run_type), $2::date::timestamp)::date)::text
from dfa.data_pipeline
where table_name = $1
