-- The tables that have a source, and are there.
select table_name, path, options
from dfa.file_sources()
where pg_catalog.to_regclass(pg_catalog.format('%I.%I', dfa.ai_schema(), table_name)) is not null
order by table_name
