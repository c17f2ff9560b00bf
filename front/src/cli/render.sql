-- The statements of table $1, process $2, for run date $3 in mode $4.
select process, statement_order, statement
from dfa.render($1, $2, coalesce($3::pg_catalog.text::pg_catalog.date, dfa.today()), $4)
