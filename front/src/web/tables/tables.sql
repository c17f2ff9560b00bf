-- Tables: watermark, ledger, last run. The ledger is asked for stale intervals alone (index data_interval_stale).
select *
from (
    select catalog.name, watermark.table_type::text as table_type, catalog.document ->> 'owner' as owner,
           coalesce(dfa.is_active(watermark.active_flg), true) as active, watermark.data_date, watermark.run_date,
           watermark.run_type::text as run_type, (select dfa.today()) - nullif(watermark.data_date, 'infinity') as age,
           coalesce(stale.intervals, 0) as stale,
           case when watermark.run_count_max > 0 then watermark.run_count_now || '/' || watermark.run_count_max end as quota,
           nullif(watermark.rtt_value, 0) as keeps, last.finished_at as update_date, last.process_time as seconds,
           case when not coalesce(dfa.is_active(watermark.active_flg), true) then 'OFF'
                when last.state = 'FAILED' then 'FAILED' when last.state = 'BLOCKED' then 'BLOCKED'
                when last.state = 'PROCESSING' then 'PROCESSING'
                when stale.intervals > 0 then 'stale' when last.state is null and watermark.landed then 'SUCCESS'
                when last.state is null and catalog.document -> 'update' is null then 'LANDED'
                when last.state is null then 'NEVER' else last.state::text end as state,
           catalog.shortname, catalog.document ->> 'description' as description
    from dfa.catalog as catalog
         left join dfa.data_pipeline as watermark on watermark.table_name = catalog.name
         left join (
             select table_name, count(*) as intervals from dfa.data_interval where state = 'stale' group by table_name
         ) as stale on stale.table_name = catalog.name
         left join lateral (
             select state, finished_at, process_time from dfa.task_step
             where node = catalog.name order by run_date desc, id desc limit 1
         ) as last on true
    where catalog.current and catalog.kind = 'table'
) as tables
where true{where}
