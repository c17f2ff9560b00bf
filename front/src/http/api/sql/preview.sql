-- What module $1 of $2 would do on dates $3 (null: today), or from $4 to $5; mode $6, processes $7, gaps alone $8, downstream $9,
-- parameters $10: a row for each part, with the token of the same moment; one without a part where there is none.
select token.token, step.step_order, step.kind, step.name, step.run_date::pg_catalog.text, step.last_day::pg_catalog.text,
       step.processes, step.action, step.cause, step.reason, step.last_rows, step.expected_seconds
from dfa.preview_token($1, $2, coalesce($3::pg_catalog.date[], array[dfa.today()]), $4::pg_catalog.date, $5::pg_catalog.date,
                       $6, $7, $8, $9, $10::pg_catalog.json) as token (token)
     left join dfa.preview($1, $2, coalesce($3::pg_catalog.date[], array[dfa.today()]), $4::pg_catalog.date,
                           $5::pg_catalog.date, $6, $7, $8, $9, $10::pg_catalog.json) as step on true
