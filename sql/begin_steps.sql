-- Writes down the steps of task $1 of pipeline $2, in their order: nodes $3, run dates $4, the processes of each as a
-- JSON list $5, the orders of the steps that each waits for as a JSON list $6.
insert into dfa.task_step (process_id, step_order, pipeline_name, node, run_date, choose, waits_for)
select $1, step.step_order, $2, step.node, step.run_date::date,
       array(select json_array_elements_text(step.chosen::json)),
       array(select json_array_elements_text(step.waits_for::json)::integer)
from unnest($3, $4, $5, $6) with ordinality as step (node, run_date, chosen, waits_for, step_order)
