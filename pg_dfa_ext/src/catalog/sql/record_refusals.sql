-- Of the definitions that documents hold (kinds $1, names $2) these are refused now: kinds $3, names $4, sources $5, findings $6.
with sound as (
    delete from dfa.refused_definition as known
    using unnest($1, $2) as given (kind, name)
    where known.kind = given.kind::dfa.definition_kind and known.name = given.name
      and (given.kind, given.name) not in (select kind, name from unnest($3, $4) as refused (kind, name))
)
insert into dfa.refused_definition as known (kind, name, source, finding)
select kind::dfa.definition_kind, name, source, finding
from unnest($3, $4, $5, $6) as refused (kind, name, source, finding)
on conflict (kind, name) do update
set source = excluded.source, finding = excluded.finding, refused_at = clock_timestamp()
