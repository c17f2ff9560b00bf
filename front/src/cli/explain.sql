-- The plans of the statements of table $1, process $2, for run date $3.
select process, statement_order, plan
from dfa.explain($1, $2, coalesce($3::pg_catalog.text::pg_catalog.date, dfa.today()))
