-- Tables sorted by $1 from ($2, $3) on, $4 of them; type $5, prefix $6, part of a name $7.
select row, sort_key, name
from (
    select json_build_object(
               'name', catalog.name, 'shortname', catalog.shortname, 'version', catalog.version,
               'system_type', watermark.system_type, 'table_type', watermark.table_type,
               'data_date', watermark.data_date, 'run_date', watermark.run_date, 'run_type', watermark.run_type,
               'update_date', watermark.update_date, 'run_count_now', watermark.run_count_now,
               'run_count_max', watermark.run_count_max, 'rtt_value', watermark.rtt_value,
               'rtt_column', watermark.rtt_column, 'active_flg', watermark.active_flg,
               'set_up_at', catalog.set_up_at
           )::text as row,
           case $1::text
               when 'data_date' then coalesce(to_char(watermark.data_date, 'YYYY-MM-DD'), '')
               when 'run_date' then coalesce(to_char(watermark.run_date, 'YYYY-MM-DD'), '')
               when 'update_date' then
                   coalesce(to_char(watermark.update_date at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), '')
               else catalog.name
           end collate "C" as sort_key,
           catalog.name collate "C" as name
    from dfa.catalog as catalog
         left join dfa.data_pipeline as watermark on watermark.table_name = catalog.name
    where catalog.current and catalog.kind = 'table' and dfa.key_covers(catalog.name)
      and ($5::text is null or watermark.table_type::text = $5)
      and ($6::text is null or split_part(catalog.name, '_', 1) = $6)
      and ($7::text is null or strpos(catalog.name, $7) > 0)
) as listed
where $3::text is null or (sort_key, name) {beyond} ($2::text, $3)
order by sort_key {direction}, name {direction}
limit $4
