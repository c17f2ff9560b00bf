-- What would make the database as its catalogs say: of table or pipeline $1, or of all.
select table_name, change, object, ddl, lock_level, rewrites, loss
from dfa.plan($1)
