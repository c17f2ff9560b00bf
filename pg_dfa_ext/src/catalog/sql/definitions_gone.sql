-- The current definitions that are not among these: kinds $1, names $2.
select kind::text, name
from dfa.catalog
where current and (kind::text, name) not in (select kind, name from unnest($1, $2) as given (kind, name))
order by kind, name
