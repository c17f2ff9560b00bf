-- The months of the days $2 for which table $1 (an oid), partitioned by a range of dates, has no partition: year and
-- month, bounds. A month that a partition covers in part is left out. Days begin in time zone $3 (null: the key has none).
with wanted as (
    select distinct date_trunc('month', day::timestamp) as month from unnest($2::date[]) as day
    where day >= date '0001-01-01'
),
bounded as (
    select month, month at time zone coalesce($3, 'UTC') as lower,
           (month + interval '1 month') at time zone coalesce($3, 'UTC') as upper
    from wanted
),
part as (
    select substring(bound from 'FROM \(''([^'']*)''') as lower, substring(bound from 'TO \(''([^'']*)''') as upper
    from pg_inherits join pg_class on oid = inhrelid, lateral pg_get_expr(relpartbound, oid) as bound
    where inhparent = $1 and bound <> 'DEFAULT'
),
known as (
    select coalesce(case when $3 is null then lower::timestamp at time zone 'UTC' else lower::timestamptz end, '-infinity') as lower,
           coalesce(case when $3 is null then upper::timestamp at time zone 'UTC' else upper::timestamptz end, 'infinity') as upper
    from part
)
select to_char(month, 'YYYY_MM'),
       format('from (%L%s) to (%L%s)', lower_text, more, upper_text, more)
from bounded,
     lateral (select repeat(', minvalue', partnatts - 1) as more from pg_partitioned_table where partrelid = $1) as others,
     lateral (select to_char(lower at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') || case when $3 is null then '' else '+00' end
                     as lower_text,
                     to_char(upper at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') || case when $3 is null then '' else '+00' end
                     as upper_text) as texts
where not exists (select from known where known.lower < bounded.upper and known.upper > bounded.lower)
order by month
