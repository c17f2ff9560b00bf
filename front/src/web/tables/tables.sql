-- Tables of type $1, prefix $2, whose name has part $3, in state $4, by $5: watermark, ledger, last run, size. The ledger is
-- asked for stale intervals alone (index data_interval_stale); sizes of the tables that are shown are looked up last.
with stale as materialized (
    select table_name, count(*) as intervals from dfa.data_interval where state = 'stale' group by table_name
),
found as (
    select catalog.name, watermark.table_type::text as table_type, catalog.document ->> 'owner' as owner,
           coalesce(dfa.is_active(watermark.active_flg), true) as active, watermark.data_date, watermark.run_date,
           watermark.run_type::text as run_type, dfa.today() - nullif(watermark.data_date, 'infinity') as age,
           coalesce(stale.intervals, 0) as stale,
           case when watermark.run_count_max > 0 then watermark.run_count_now || '/' || watermark.run_count_max end as quota,
           nullif(watermark.rtt_value, 0) as keeps, last.finished_at as update_date, last.process_time as seconds,
           case when not coalesce(dfa.is_active(watermark.active_flg), true) then 'OFF'
                when last.state = 'FAILED' then 'FAILED' when last.state = 'BLOCKED' then 'BLOCKED'
                when last.state = 'PROCESSING' then 'PROCESSING'
                when stale.intervals > 0 then 'stale' when last.state is null and watermark.landed then 'SUCCESS'
                when last.state is null and catalog.document -> 'update' is null then 'LANDED' when last.state is null then 'NEVER' else last.state::text end as state,
           relation.oid
    from dfa.catalog as catalog
         left join dfa.data_pipeline as watermark on watermark.table_name = catalog.name
         left join stale on stale.table_name = catalog.name
         left join pg_class as relation
                   on relation.relname = catalog.name and relation.relkind in ('r', 'p')
                      and relation.relnamespace = (select oid from pg_namespace where nspname = dfa.ai_schema())
         left join lateral (
             select state, finished_at, process_time from dfa.task_step
             where node = catalog.name order by run_date desc, id desc limit 1
         ) as last on true
    where catalog.current and catalog.kind = 'table'
      and ($1::text is null or watermark.table_type::text = $1)
      and ($2::text is null or split_part(catalog.name, '_', 1) = $2)
      and ($3::text is null or strpos(catalog.name, $3) > 0)
),
chosen as (
    select found.*, stored.rows, stored.size, count(*) over () as total
    from found
         cross join lateral (
             select (sum(part.reltuples) filter (where part.reltuples >= 0))::bigint as rows,
                    sum(pg_total_relation_size(part.oid))::bigint as size
             from unnest(array(select relid::oid from pg_partition_tree(found.oid)) || found.oid) as tree (oid)
                  join pg_class as part on part.oid = tree.oid and part.relkind <> 'p'
         ) as stored
    where $4::text is null or $4 = 'stale' and stale > 0 or $4 = 'failed' and state in ('FAILED', 'BLOCKED')
)
select name, table_type, owner, active, state, data_date, run_date, run_type, age, stale, quota, keeps, update_date, seconds, rows, size, total
from chosen
order by case when $5::text = 'data_date' then data_date end nulls last, case when $5::text = '-data_date' then data_date end desc nulls last,
         case when $5::text = 'size' then size end nulls last, case when $5::text = '-size' then size end desc nulls last,
         case when $5::text = 'rows' then rows end nulls last, case when $5::text = '-rows' then rows end desc nulls last,
         case when $5::text = '-name' then name end desc, name
limit 300
