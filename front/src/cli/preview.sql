-- What a run of $1 on dates $2 (null: today) or a backfill from $3 to $4 would do; mode $5, processes $6, gaps alone $7,
-- downstream $8: a row for each step, with the token of the same moment; one without a step where there is none.
select token.token, step.step_order as step, step.name as node, step.run_date::pg_catalog.text, step.action,
       pg_catalog.array_to_string(step.processes, ', ') as processes, step.cause, step.reason, step.last_rows, step.expected_seconds
from dfa.preview_token('data', $1, coalesce($2::pg_catalog.date[], array[dfa.today()]), $3::pg_catalog.date,
                       $4::pg_catalog.date, $5, $6, $7, $8) as token (token)
     left join dfa.preview('data', $1, coalesce($2::pg_catalog.date[], array[dfa.today()]), $3::pg_catalog.date,
                           $4::pg_catalog.date, $5, $6, $7, $8) as step on true
