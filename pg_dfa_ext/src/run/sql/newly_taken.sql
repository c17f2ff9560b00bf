-- The first and the last day of those intervals of table $1, from the one that holds the day $2 to the one that holds $3,
-- that no run had taken whole before: who read the table then did not read all of them. No row if no other table is done
-- with any of these days.
with taken as (
    select min(day)::date as first, (max(day) + max(unit.length) - interval '1 day')::date as last
    from dfa.data_pipeline as watermark
         join dfa.run_unit as unit using (run_type),
         generate_series(date_trunc(unit.name, $2::date::timestamp),
                         date_trunc(unit.name, $3::date::timestamp), unit.length) as day
         left join dfa.data_interval as known on known.table_name = $1 and known.interval_start = day::date
    where watermark.table_name = $1 and known.state is distinct from 'done'
)
select first::text as first, last::text as last
from taken
where exists (select from dfa.data_interval as other
                   join dfa.run_unit as unit using (run_type)
              where other.state = 'done' and other.table_name <> $1
                and other.interval_start > taken.first - 366 and other.interval_start <= taken.last
                and other.interval_start + unit.length > taken.first)
