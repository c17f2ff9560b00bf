-- Intervals of the tables $1 that touch the days $2 to $3 (null: without end) are stale, for reason $4, as of $6 (null: now).
-- Those that are done; and of a table of schema $5 that another session runs at this moment (0x0DFA, see lock.rs) also those
-- that its run is about to write down, from the first that the ledger has or will have: it looked at its sources before, and
-- takes no mark for done that it did not see then (run/sql/intervals_again.sql). In one order, so that those who mark do not wait in a cycle.
with under_way as (
    select table_name, run_type,
           greatest($2::date, least(run_date, data_date, known.first)) as first,
           least($3::date, greatest(run_date, current_date, known.last) + 31) as last
    from dfa.data_pipeline,
         lateral (select min(interval_start), max(interval_start) from dfa.data_interval
                  where data_interval.table_name = data_pipeline.table_name) as known (first, last)
    where table_name = any($1)
      and exists (select from pg_locks
                  where locktype = 'object' and classid = 3578 and pid <> pg_backend_pid()
                    and database = (select oid from pg_database where datname = current_database())
                    and objid = to_regclass(format('%I.%I', $5, table_name))::oid)
), marked as (
    update dfa.data_interval as known
    set state = 'stale', reason = $4, updated_at = coalesce($6, clock_timestamp())
    from dfa.run_unit as unit
    where known.table_name = any($1) and known.state = 'done' and unit.run_type = known.run_type
      and ($3::date is null or known.interval_start <= $3::date)
      and known.interval_start + unit.length > $2::date
      and not exists (select from under_way where under_way.table_name = known.table_name)
    returning 1
), marked_under_way as (
    insert into dfa.data_interval (table_name, interval_start, run_type, state, reason)
    select table_name, day::date, run_type, 'stale', $4
    from under_way
         join dfa.run_unit as unit using (run_type),
         generate_series(date_trunc(unit.name, first::timestamp), last::timestamp, unit.length) as day
    order by 1, 2
    on conflict (table_name, interval_start) do update
    set state = 'stale', reason = excluded.reason, updated_at = clock_timestamp()
    returning 1
)
select (select count(*) from marked) + (select count(*) from marked_under_way)
