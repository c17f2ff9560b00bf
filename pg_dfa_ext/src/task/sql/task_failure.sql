-- The first step of task $1 that failed; its message names node and process.
select case when position(quote_literal(node) in message) > 0 then message
            else format('%s (node %L%s)', message, node, ', process ' || quote_literal(error ->> 'process')) end as message,
       error ->> 'sqlstate' as sqlstate, error ->> 'detail' as detail, error ->> 'hint' as hint,
       error ->> 'process' as process, error ->> 'statement' as statement, (error ->> 'line')::integer as line
from dfa.task_step
where process_id = $1 and state = 'FAILED'
order by step_order
limit 1
