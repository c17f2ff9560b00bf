-- How many versions there are of a definition that is shown.
cross join lateral (
    select count(*) as versions from dfa.catalog as other
    where other.kind = listed.kind::dfa.definition_kind and other.name = listed.name
) as more
