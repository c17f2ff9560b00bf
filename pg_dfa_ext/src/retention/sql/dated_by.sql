-- What dates the rows of table $2 in schema $1 by its watermark, as SQL: a column of it in its quotes, else an expression in
-- brackets. No row, or null: nothing does.
select case
           when exists (select from pg_attribute
                        where attrelid = to_regclass(format('%I.%I', $1, $2)) and attnum > 0 and not attisdropped
                          and attname = trim(rtt_column)) then quote_ident(trim(rtt_column))
           else '(' || nullif(trim(rtt_column), '') || ')'
       end
from dfa.data_pipeline
where table_name = $2
