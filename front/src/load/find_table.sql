-- The tables that $1 names, by full name or else by short name: name, schema, whether it is there, rtt_column.
with candidate as (
    select name, name = $1 as is_exact
    from dfa.catalog
    where current and kind = 'table' and (name = $1 or shortname = $1)
)
select candidate.name, place.schema, to_regclass(format('%I.%I', place.schema, candidate.name)) is not null as is_there,
       watermark.rtt_column
from candidate
     cross join (select dfa.ai_schema() as schema) as place
     left join dfa.data_pipeline as watermark on watermark.table_name = candidate.name
where is_exact or not exists (select from candidate where is_exact)
