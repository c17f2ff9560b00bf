-- Deletes the rows of table $1 whose keys are $2.
select pg_catalog.row_to_json(result) as result
from dfa.delete_rows($1, $2::pg_catalog.json) as result
