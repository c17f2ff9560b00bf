-- What module $1 would do to $2 on the dates $3 (a text of dates by commas; null: today), or from $4 to $5, in mode $6, with $7
-- (only gaps), $8 (downstream) and the parameters $9: the rows of dfa.preview and their token. $10: how many tables read what
-- would run, and would not run with it.
with asked as materialized (
    select coalesce(string_to_array($3::text, ',')::date[], array[dfa.today()]) as dates, $4::text::date as first, $5::text::date as last,
           $9::text::json as params
),
row as materialized (
    select done.* from asked
         cross join lateral dfa.preview($1, $2, asked.dates, asked.first, asked.last, $6, null, $7, $8, asked.params) as done
)
select dfa.today() as today,
       (select dfa.preview_token($1, $2, asked.dates, asked.first, asked.last, $6, null, $7, $8, asked.params)) as token,
       coalesce((select json_agg(json_build_object(
                     'kind', row.kind, 'name', row.name, 'run_date', row.run_date, 'last_day', row.last_day, 'processes', row.processes,
                     'action', row.action, 'reason', row.reason, 'last_rows', row.last_rows,
                     'expected_seconds', row.expected_seconds) order by row.step_order) from row), '[]') as rows,
       case when $10 then (
           select count(distinct more.name) from dfa.preview($1, $2, asked.dates, coalesce(asked.first, asked.dates[1]), coalesce(asked.last, asked.dates[1]), $6, null, $7,
                            true, asked.params) as more
           where more.cause = 'downstream' and more.name not in (select row.name from row)
       ) end as left_out
from asked
