-- How long table $1 keeps its rows, and the cut: the first of the month so many months before $2, or before its newest
-- row ($3) if there is one.
select rtt_value, nullif(trim(rtt_column), ''),
       date_trunc('month', (coalesce($3::date, $2::date) - make_interval(months => rtt_value))::timestamp)::date::text
from dfa.data_pipeline
where table_name = $1
