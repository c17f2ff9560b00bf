-- Of a pipeline that is shown: what starts it, the rows of its last run, its last thirty runs, and, of that which is
-- unfolded ($1), its nodes.
cross join lateral (
    select starts.schedule, starts.trigger, coalesce(starts.schedule, 'after ' || starts.trigger) as starts,
           (select sum(step.rows)::bigint from dfa.task_step as step where step.process_id = listed.process_id) as rows,
           coalesce(recent.runs, '[]') as recent,
           case when listed.name = $1 then coalesce((select json_agg(node order by place) from dfa.pipeline_nodes(listed.name)), '[]')
                else '[]' end as nodes
    from (
        select max(text) filter (where key in ('schedule', 'scheduler')) as schedule,
               max(text) filter (where key in ('trigger', 'triggers')) as trigger
        from (select key, case json_typeof(value)
                              when 'array' then (select string_agg(part, ', ') from json_array_elements_text(value) as part)
                              else value #>> '{}' end as text
              from json_each(listed.document)
              where key in ('schedule', 'scheduler', 'trigger', 'triggers')) as said
    ) as starts
    cross join (
        select json_agg(json_build_object('state', run.state, 'seconds', run.seconds) order by run.created_at, run.process_id) as runs
        from (
            select task.process_id, task.created_at,
                   case when task.status = 2 then extract(epoch from now() - task.created_at) else task.process_time end as seconds,
                   case when task.status = 0 then 'SUCCESS' when task.status = 1 and task.cancelled_at is not null then 'CANCELLED'
                        when task.status = 1 then 'FAILED' else 'PROCESSING' end as state
            from dfa.task_process as task
            where task.process_name_put = listed.name
            order by task.created_at desc, task.process_id desc
            limit 30
        ) as run
    ) as recent
) as more
