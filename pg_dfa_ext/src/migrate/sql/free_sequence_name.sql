-- A name for a sequence of column $3 of table $2 in schema $1 that no relation has.
select name
from generate_series(0, 1000) as number,
     lateral (select left($2, 29) || '_' || left($3, 28) || '_seq' || coalesce(nullif(number, 0)::text, '')) as one (name)
where to_regclass(format('%I.%I', $1, name)) is null
order by number
limit 1
