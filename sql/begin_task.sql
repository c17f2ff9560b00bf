-- Writes down a task: type $1, name $2, run dates $3, run mode $4, parameters $5; and a step for each date and node:
-- nodes $6, the processes of each as a JSON list $7. An id is the time to the microsecond and six digits of a counter.
with task as (
    insert into dfa.task_process
        (process_id, process_type, process_name_put, process_name_get, run_date_put, run_mode, parameters,
         process_message, process_number_put, process_module)
    select to_char(clock_timestamp(), 'YYYYMMDDHH24MISSUS')
               || lpad((nextval('dfa.task_number_seq') % 1000000)::text, 6, '0'),
           $1, $2, $2, array_to_string($3, ','), $4, $5::json,
           'Start running ' || quote_literal($2) || ' ...', (select count(distinct value::date) from unnest($3) as given (value)) * cardinality($6),
           'framework|data'
    returning process_id
),
step as (
    insert into dfa.task_step (process_id, step_order, pipeline_name, node, run_date, choose)
    select process_id, row_number() over (order by run_date.value, node.position),
           case when $1 like '%|pipeline' then $2 end, node.name, run_date.value,
           array(select json_array_elements_text(node.chosen::json))
    from task,
         (select distinct value::date from unnest($3) as given (value)) as run_date,
         unnest($6, $7) with ordinality as node (name, chosen, position)
)
select process_id from task
