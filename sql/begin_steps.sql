-- Writes down the steps of task $1 of pipeline $2, in their order: nodes $3, run dates $4, the processes of each as a
-- JSON list $5, the orders of the steps that each waits for as a JSON list $6.
with step as (
    select step_order, node, run_date::date, array(select json_array_elements_text(chosen::json)) as choose,
           array(select json_array_elements_text(waits_for::json)::integer) as waits_for
    from unnest($3, $4, $5, $6) with ordinality as given (node, run_date, chosen, waits_for, step_order)
),
awaited as (
    select earlier, array_agg(step_order) as awaited_by from step, unnest(waits_for) as earlier group by earlier
)
insert into dfa.task_step
    (process_id, step_order, pipeline_name, node, run_date, choose, waits_for, awaited_by, is_ready)
select $1, step_order, $2, node, run_date, choose, waits_for, coalesce(awaited_by, '{}'), waits_for = '{}'
from step left join awaited on awaited.earlier = step.step_order
