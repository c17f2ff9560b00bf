-- Index task_process_name serves the last task of each.
-- Pipelines sorted by $1 from ($2, $3) on, $4 of them; tracking $5, part of a name $6.
select row, sort_key, name
from (
    select json_build_object(
               'name', tracked.pipeline_name, 'id', tracked.pipeline_id, 'tracking', tracked.tracking,
               'update_date', tracked.update_date, 'active_flg', tracked.active_flg,
               'priority', catalog.document -> 'priority',
               'schedule', coalesce(catalog.document -> 'schedule', catalog.document -> 'scheduler'),
               'trigger', coalesce(catalog.document -> 'trigger', catalog.document -> 'triggers'),
               'next_slot', tracked.next_slot,
               'last_task', (
                   select json_build_object('process_id', task.process_id, 'status', task.status,
                                            'process_time', task.process_time, 'created_at', task.created_at)
                   from dfa.task_process as task
                   where task.process_name_put = tracked.pipeline_name
                   order by task.created_at desc, task.process_id desc
                   limit 1
               )
           )::text as row,
           case $1::text
               when 'update_date' then to_char(tracked.update_date at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')
               when 'priority' then to_char(coalesce((catalog.document ->> 'priority')::numeric, 99), '0000000000.000')
               else tracked.pipeline_name
           end collate "C" as sort_key,
           tracked.pipeline_name collate "C" as name
    from dfa.task_schedule as tracked
         join dfa.catalog as catalog
              on catalog.current and catalog.kind = 'pipeline' and catalog.name = tracked.pipeline_name
    where tracked.kind = 'pipeline' and dfa.key_covers(tracked.pipeline_name)
      and ($5::text is null or tracked.tracking::text = $5)
      and ($6::text is null or strpos(tracked.pipeline_name, $6) > 0 or strpos(tracked.pipeline_id, $6) > 0)
) as listed
where $3::text is null or (sort_key, name) {beyond} ($2::text, $3)
order by sort_key {direction}, name {direction}
limit $4
