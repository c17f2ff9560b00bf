-- The ids of the current definitions of the kinds $1, all or those named in $2.
select id
from dfa.catalog
where current and kind::text = any($1) and ($2::text[] is null or name = any($2))
order by kind, name
