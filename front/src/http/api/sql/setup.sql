-- Sets up name $1 of kind $2 from run date $3; flags $4 to $8; if that is what preview $9 showed. A row for each object.
select status, message
from dfa.setup($1, $2, run_date => $3::pg_catalog.date, initial_data => $4, drop_before_create => $5, drop_table => $6,
               drop_schema => $7, "cascade" => $8, if_preview => $9)
