-- The tables of the catalog that keep their rows for a number of months.
select table_name
from dfa.data_pipeline
     join dfa.catalog on kind = 'table' and name = table_name and current
where rtt_value > 0
