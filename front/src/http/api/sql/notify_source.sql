-- Source $1 has something new: the pipelines that this starts.
select coalesce(json_agg(row_to_json(started)), '[]'::json)
from dfa.notify_source($1) as started
