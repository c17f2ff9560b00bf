-- The first and the last day of those intervals of table $1, of run type $4, from the one that holds the day $2 to the one that
-- holds $3, that no run had taken whole before. No row if there are none.
select first::text as first, last::text as last
from (select min(day)::date as first, (max(day) + dfa.unit_length($4) - interval '1 day')::date as last
      from generate_series(date_trunc(dfa.unit_name($4), $2::date::timestamp),
                           date_trunc(dfa.unit_name($4), $3::date::timestamp), dfa.unit_length($4)) as day
      -- One look-up by the key for each day, however long the ledger is.
      where (select state from dfa.data_interval where table_name = $1 and interval_start = day::date) is distinct from 'done'
     ) as taken
where first is not null
