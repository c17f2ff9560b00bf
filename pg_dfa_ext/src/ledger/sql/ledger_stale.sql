-- Done intervals of the tables $1 that touch the days $2 to $3 (null: without end) are stale, for reason $4.
with stale as (
    update dfa.data_interval as known
    set state = 'stale', reason = $4, updated_at = clock_timestamp()
    from dfa.run_unit as unit
    where known.table_name = any($1) and known.state = 'done' and unit.run_type = known.run_type
      and ($3::date is null or known.interval_start <= $3::date)
      and known.interval_start + unit.length > $2::date
    returning 1
)
select count(*) from stale
