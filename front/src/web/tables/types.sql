-- The types that tables have.
select distinct table_type::text as table_type from dfa.data_pipeline order by 1 limit 50
