-- The demo's pipelines by priority. The forecast is a DataFrame process: it waits for the service that will run it.
select name
from dfa.catalog
where current and kind = 'pipeline' and name <> 'pipeline_retail_forecast'
order by (document ->> 'priority')::numeric, name;
