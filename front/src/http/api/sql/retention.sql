-- Retention of $1 (null: all) for run date $2, copied to table $3 and schema $4. A row for each table.
select status::int, message
from dfa.run_retention($1, run_date => coalesce($2::text::date, dfa.today()), backup_table => $3, backup_schema => $4)
