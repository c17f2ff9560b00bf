-- Whether one of the tables $3 is done with a day of those intervals of run type $4 that begin with the one that holds the day $1 and
-- end with the one that holds $2. An interval that holds any of these days begins on one of them, or holds the first one, too.
select exists (select from dfa.data_interval
               where table_name = any($3) and interval_start between first and last and state = 'done')
       or exists (select from dfa.data_pipeline as reader
                  where reader.table_name = any($3) and reader.run_type <> 'daily'
                    and (select state from dfa.data_interval
                         where table_name = reader.table_name
                           and interval_start = date_trunc(dfa.unit_name(reader.run_type), first::timestamp)::date) = 'done')
from (select date_trunc(dfa.unit_name($4), $1::date::timestamp)::date,
             (date_trunc(dfa.unit_name($4), $2::date::timestamp) + dfa.unit_length($4) - interval '1 day')::date
      offset 0) as asked (first, last)
