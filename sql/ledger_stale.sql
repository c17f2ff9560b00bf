-- Done intervals of the tables $1 that touch the days $2 to $3 (null: without end) are stale, for reason $4.
with stale as (
    update dfa.data_interval
    set state = 'stale', reason = $4, updated_at = clock_timestamp()
    where table_name = any($1) and state = 'done'
      and ($3::date is null or interval_start <= $3::date)
      and interval_start + case run_type when 'daily' then interval '1 day' when 'weekly' then interval '1 week'
                                         when 'monthly' then interval '1 month' else interval '1 year' end > $2::date
    returning 1
)
select count(*) from stale
