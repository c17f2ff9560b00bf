-- The demo's pipelines by priority. Those with DataFrame functions are run by the service, which is there by then.
select name
from dfa.catalog
where current and kind = 'pipeline'
order by (document ->> 'priority')::numeric, name;
