-- What the demo's runs did: each pipeline of each run, then each node over all runs.
\pset title 'Runs'
select task.run_mode as mode, task.run_date_put as run_date, step.pipeline_name as pipeline,
       count(*) as nodes, sum(step.rows) as rows, round(sum(step.process_time), 2) as seconds
from dfa.task_process task
join dfa.task_step step using (process_id)
group by task.process_id, task.run_mode, task.run_date_put, step.pipeline_name, task.created_at
order by task.created_at;

\pset title 'Nodes'
select step.node, count(*) as runs, string_agg(distinct step.state::text, ', ') as state,
       sum(step.rows) as rows, round(sum(step.process_time), 2) as seconds,
       max(watermark.data_date) as data_to
from dfa.task_step step
left join dfa.data_pipeline watermark on watermark.table_name = step.node
group by step.node
order by min(step.id);
