-- Series with a season, a trend and noise: 31 ids of 12 months, 10,000 of 36, and 5,000,000 days of 100,000 ids.
create function pg_temp.amount(id integer, place integer) returns numeric language sql immutable as
$$ select round((100 + id % 900 + place * (id % 7) + 40 * sin(place * 0.5236 + id) + (hashint4(id * 977 + place) % 1000) / 30.0)::numeric, 2) $$;

create table public.bench_small as
select 'id' || i as id, month::date as ds, pg_temp.amount(i, m::integer) as y
from generate_series(1, 31) as i,
     generate_series(timestamp '2023-01-01', timestamp '2023-12-01', interval '1 month') with ordinality as months (month, m);

create table public.bench_many as
select 'id' || i as id, month::date as ds, pg_temp.amount(i, m::integer) as y
from generate_series(1, 10000) as i,
     generate_series(timestamp '2021-01-01', timestamp '2023-12-01', interval '1 month') with ordinality as months (month, m);

create table public.bench_long as
select 'id' || i as id, date '2023-12-01' + d as ds, (i % 97 + d)::numeric as y
from generate_series(1, 100000) as i, generate_series(0, 49) as d;

analyze public.bench_small, public.bench_many, public.bench_long;
