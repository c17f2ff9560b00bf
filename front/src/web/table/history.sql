-- Of table $1, by $2 (day, week, month or year): rows, the median and the 95th percentile of the seconds, of the last sixty
-- periods in which something was done. Index data_logging_table.
select to_char(date_trunc($2, update_date at time zone (select dfa.time_zone())), 'YYYY-MM-DD') as start,
       coalesce(sum(row_record) filter (where status = 0), 0)::bigint as rows,
       coalesce(percentile_cont(0.5) within group (order by process_time::double precision), 0) as median,
       coalesce(percentile_cont(0.95) within group (order by process_time::double precision), 0) as most,
       count(*) as runs, count(*) filter (where status = 1) as failed
from dfa.data_logging
where table_name = $1 and action_type in ('common', 'rerun', 'initial', 'ingestion') and status <> 2
group by 1
order by 1 desc
limit 60
