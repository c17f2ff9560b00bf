-- The first day that one of the tables $1 with a lookback of $2 days still reads.
select min(data_date - days)::text
from unnest($1, $2) as reader (table_name, days)
     join dfa.data_pipeline using (table_name)
