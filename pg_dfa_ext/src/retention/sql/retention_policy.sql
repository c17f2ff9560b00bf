-- How long table $1 keeps its rows: months, what dates them, the cut: the first of the month so many months before $2, or
-- before its newest row ($3) if there is one. Then the type of the table, and of that column of $4.$1, if it is one.
select rtt_value, nullif(trim(rtt_column), '') as column_name,
       date_trunc('month', (coalesce($3::date, $2::date) - make_interval(months => rtt_value))::timestamp)::date::text as cut,
       table_type::text as table_type,
       (select atttypid::regtype::text from pg_attribute
        where attrelid = to_regclass(format('%I.%I', $4, $1)) and attname = nullif(trim(rtt_column), '') and attnum > 0
          and not attisdropped) as column_type
from dfa.data_pipeline
where table_name = $1
