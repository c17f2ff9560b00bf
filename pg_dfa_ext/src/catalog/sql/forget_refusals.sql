-- Of definitions that are not among these (kinds $1, names $2) nobody needs to know that they were refused.
delete from dfa.refused_definition
where (kind::text, name) not in (select kind, name from unnest($1, $2) as given (kind, name))
