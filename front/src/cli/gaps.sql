-- Intervals of the tables $1 from $2 to $3 that are not done; those that follow upon each other for one reason are one row.
with gap as (
    select asked.name, asked.place, gap.interval_start, gap.interval_end, gap.state, gap.reason,
           gap.interval_start = pg_catalog.lag(gap.interval_end) over of_table + 1
           and gap.state = pg_catalog.lag(gap.state) over of_table
           and gap.reason is not distinct from pg_catalog.lag(gap.reason) over of_table as goes_on
    from pg_catalog.unnest($1::pg_catalog.text[]) with ordinality as asked (name, place)
         cross join lateral dfa.gaps(asked.name, $2::pg_catalog.text::pg_catalog.date, $3::pg_catalog.text::pg_catalog.date) as gap
    window of_table as (partition by asked.place order by gap.interval_start)
),
part as (
    select gap.*, pg_catalog.count(*) filter (where goes_on is not true) over (partition by place order by interval_start) as part
    from gap
)
select name as "table", pg_catalog.min(interval_start)::pg_catalog.text as "from", pg_catalog.max(interval_end)::pg_catalog.text as "to",
       pg_catalog.count(*) as intervals, state, reason
from part
group by place, name, part, state, reason
order by place, "from"
