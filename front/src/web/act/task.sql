-- What a cancel or resume of task $1 finds.
select task.process_name_put as name, task.status <> 2 as is_over, count(step.id) as steps,
       count(step.id) filter (where step.state in ('SUCCESS', 'SKIPPED')) as done,
       count(step.id) filter (where step.state not in ('SUCCESS', 'SKIPPED')) as left,
       coalesce(json_agg(step.node || ' for ' || step.run_date) filter (where step.state = 'PROCESSING'), '[]') as under_way
from dfa.task_process as task
     left join dfa.task_step as step using (process_id)
where task.process_id = $1
group by task.process_id
