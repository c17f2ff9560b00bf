-- How fresh the tables are, those first that are behind; $1: this one alone.
select table_name as "table", state, data_date::pg_catalog.text as data_date,
       pg_catalog.to_char(published_at, 'YYYY-MM-DD HH24:MI') as published, pg_catalog.to_char(expected_by, 'YYYY-MM-DD HH24:MI') as expected_by,
       blocked_by, pg_catalog.array_to_string(causes, '; ') as causes
from dfa.table_freshness($1)
order by pg_catalog.array_position(array['late', 'blocked', 'due'], state), table_name
