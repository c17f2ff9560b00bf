-- The first and the last day of those intervals of table $1, of run type $5, from the one that holds the day $2 to the one that
-- holds $3, that no run had taken whole before: who read the table then did not read all of them. No row if none of its
-- readers $4 is done with any of these days.
with taken as (
    select min(day)::date as first, (max(day) + dfa.unit_length($5) - interval '1 day')::date as last
    from generate_series(date_trunc(dfa.unit_name($5), $2::date::timestamp),
                         date_trunc(dfa.unit_name($5), $3::date::timestamp), dfa.unit_length($5)) as day
    where not exists (select from dfa.data_interval
                      where table_name = $1 and interval_start = day::date and state = 'done')
)
select first::text as first, last::text as last
from taken
where exists (select from dfa.data_interval
              where table_name = any($4) and state = 'done' and interval_start > first - 366 and interval_start <= last
                and interval_start + dfa.unit_length(run_type) > first)
