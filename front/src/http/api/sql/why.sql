-- Why $1 is not running or not fresh, in a sentence and as facts.
select json_build_object('message', sentence, 'kind', kind, 'name', name, 'cause', cause, 'waits_for', waits_for, 'process_id', process_id,
                         'node', node, 'run_date', run_date, 'since', since, 'until', until, 'percent', percent,
                         'late_since', late_since)::text as answer
from dfa.why($1)
