-- Stores the catalogs $1, called $2; $3: all or nothing; $4: takes out of force what they do not hold.
select kind, name, version::pg_catalog.text as version, action, finding
from dfa.load_catalogs($1, $2, $3, $4)
