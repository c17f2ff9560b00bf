-- Tasks that have not ended.
select process_id, name, cause, sentence
from dfa.open_task
order by created_at
limit 50
