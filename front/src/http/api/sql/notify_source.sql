-- Source $1 has something new, up to the day $2 (null: today): the pipelines that this starts.
select coalesce(json_agg(row_to_json(started)), '[]'::json) as started
from dfa.notify_source($1, $2::text::date) as started
