-- What became of steps of task $1, or of attempts at them: ids $2, states $3, rows $4 and by process $5, what audits
-- found $6, seconds $7, when each ended $8, messages $9, errors $10, run modes $11, seconds after which each is tried again
-- $12; their orders $13, nodes $14, run dates $15, and the processes of each as a JSON list $16.
with ended as (
    select id, state, rows, process_rows::json as process_rows, audits::json as audits, seconds::numeric as seconds, finished_at, message,
           error::json as error, mode, retry_after, step_order, node, run_date::date as run_date, chosen,
           state in ('SKIPPED', 'BLOCKED') as is_left_out
    from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
         as ended (id, state, rows, process_rows, audits, seconds, finished_at, message, error, mode, retry_after, step_order, node,
                   run_date, chosen)
),
