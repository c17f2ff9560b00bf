-- Stores definitions as current and returns their ids, in the order given: kinds $1, names $2, short names $3, versions $4, documents $5, read from $6.
insert into dfa.catalog (kind, name, shortname, version, document, checksum, source)
select kind::dfa.definition_kind, name, shortname, version::date, document::json, md5(version || document), $6
from unnest($1, $2, $3, $4, $5) as given (kind, name, shortname, version, document)
returning id
