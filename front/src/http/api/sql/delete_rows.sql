-- Deletes the rows of table $1 whose keys are $2.
select row_to_json(result)
from dfa.delete_rows($1, $2::text::json) as result
