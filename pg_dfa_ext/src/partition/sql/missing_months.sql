-- The months of the days $2 for which table $1 (an oid), partitioned by a range of dates, has no partition: year and
-- month, bounds, first day; the nearest first. A month that a partition covers in part is left out. Days begin in time
-- zone $3 (null: the key has none). A date goes on for longer than a timestamp, as which bounds are compared.
with wanted as (
    select distinct date_trunc('month', day::timestamp) as month from unnest($2::date[]) as day
    where day >= date '0001-01-01' and day < date '294276-12-01'
),
bounded as (
    select month, month at time zone coalesce($3, 'UTC') as lower,
           (month + interval '1 month') at time zone coalesce($3, 'UTC') as upper
    from wanted
),
parent as (
    select opcintype = 'date'::regtype as has_dates, repeat(', minvalue', partnatts - 1) as more
    from pg_partitioned_table join pg_opclass on pg_opclass.oid = partclass[0] where partrelid = $1
),
part as (
    select substring(bound from 'FROM \(''([^'']*)''') as lower, substring(bound from 'TO \(''([^'']*)''') as upper
    from pg_inherits join pg_class on oid = inhrelid, lateral pg_get_expr(relpartbound, oid) as bound
    where inhparent = $1 and bound <> 'DEFAULT'
),
known as (
    select coalesce(case when has_dates then least(lower::date, date '294276-12-31')::timestamp at time zone 'UTC'
                         when $3 is null then lower::timestamp at time zone 'UTC' else lower::timestamptz end, '-infinity') as lower,
           coalesce(case when has_dates then least(upper::date, date '294276-12-31')::timestamp at time zone 'UTC'
                         when $3 is null then upper::timestamp at time zone 'UTC' else upper::timestamptz end, 'infinity') as upper
    from parent, part
)
select to_char(month, 'YYYY_MM') as month,
       format('from (%L%s) to (%L%s)', lower_text, more, upper_text, more) as bounds,
       to_char(month, 'YYYY-MM-DD') as first_day
from parent, bounded,
     lateral (select to_char(lower at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') || case when $3 is null then '' else '+00' end
                     as lower_text,
                     to_char(upper at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') || case when $3 is null then '' else '+00' end
                     as upper_text) as texts
where not exists (select from known where known.lower < bounded.upper and known.upper > bounded.lower)
order by abs(extract(epoch from bounded.month - localtimestamp))
