-- Retention of $1 (null: all) for run date $2, copied to table $3 and schema $4, if that is what preview $5 showed. A row for
-- each table.
select status, message
from dfa.run_retention($1, run_date => coalesce($2::pg_catalog.date, dfa.today()), backup_table => $3, backup_schema => $4,
                       if_preview => $5)
