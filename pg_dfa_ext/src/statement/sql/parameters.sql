-- Every placeholder that does not depend on a run, as text: the parameter table (an inactive parameter counts as
-- the empty value of its type), what is derived from it, the current database and time.
with parameter as (
    select parameter_name as name,
           case when dfa.is_active(active_flg) then parameter_value
                else case parameter_type when 'int' then '0' when 'list' then '[]' when 'dict' then '{}' else '' end
           end as value
    from dfa.data_parameter
),
proportion as (
    select coalesce((select nullif(trim(value), '')::int from parameter
                     where name = 'proportion_value' and value ~ '^\s*[+-]?\d+\s*$'), 3) as months,
           coalesce((select upper(trim(value)) = 'Y' from parameter
                     where name = 'proportion_inc_current_month_flag'), false) as with_current
)
select name, value from parameter
union all
select derived.name, derived.value
from proportion,
     lateral (values ('window_start', (months - with_current::int)::text),
                     ('window_end', (1 - with_current::int)::text)) as derived (name, value)
where derived.name not in (select name from parameter)
union all
select 'database_name', quote_ident(current_database())
union all
select 'update_date',
       to_char(clock_timestamp(), 'YYYY-MM-DD HH24:MI:SS')
