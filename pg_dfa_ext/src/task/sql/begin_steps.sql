-- Writes down the steps of task $1 of pipeline $2, in their order: nodes $3, run dates $4, the processes of each as a
-- JSON list $5, the orders of the steps that each waits for as a JSON list $6. Steps name each other by their ids: whatever
-- the statistics say, those are found by one look-up each.
with step as materialized (
    select nextval('dfa.task_step_id_seq') as id, step_order, node, run_date::date,
           array(select json_array_elements_text(chosen::json)) as choose,
           array(select json_array_elements_text(waits_for::json)::integer) as waits_for
    from unnest($3, $4, $5, $6) with ordinality as given (node, run_date, chosen, waits_for, step_order)
),
pair as materialized (
    select later.id as later, earlier.id as earlier
    from step as later cross join unnest(later.waits_for) as awaited (step_order)
         join step as earlier on earlier.step_order = awaited.step_order
),
waiting as (select later as id, array_agg(earlier) as waits_for from pair group by later),
awaited as (select earlier as id, array_agg(later) as awaited_by from pair group by earlier)
insert into dfa.task_step
    (id, process_id, step_order, pipeline_name, node, run_date, choose, waits_for, awaited_by, is_ready)
select step.id, $1, step_order, $2, node, run_date, choose, coalesce(waiting.waits_for, '{}'),
       coalesce(awaited_by, '{}'), waiting.id is null
from step
     left join waiting using (id)
     left join awaited using (id)
