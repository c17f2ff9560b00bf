-- The last $2 tasks, of pipeline or table $1 (null: any), or the one that is called $3.
select task.process_id, process_name_put as name,
       case split_part(process_module, '|', 2) when 'data' then coalesce(run_mode::text, 'run') else split_part(process_module, '|', 2) end as action, run_date_put as run_dates,
       case when lost.process_id is not null then 'LOST' when task.status = 0 then 'SUCCESS' when task.status = 1 then 'FAILED'
            else 'PROCESSING' end as status,
       process_time::float8 as seconds, process_message as message
from dfa.task_process as task
     left join dfa.lost_task as lost using (process_id)
where ($1::text is null or process_name_put = $1
       or process_name_put in (select name from dfa.catalog where current and shortname = $1)
       or process_name_put in (select pipeline_name from dfa.task_schedule where pipeline_id = $1))
  and ($3::text is null or task.process_id = $3)
order by created_at desc
limit $2
