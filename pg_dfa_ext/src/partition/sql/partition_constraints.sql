-- What is true of the rows of partitions $1 (names, with schemas) and of no others, as SQL.
select string_agg('(' || pg_get_partition_constraintdef(part::regclass) || ')', ' or ')
from unnest($1) as part
