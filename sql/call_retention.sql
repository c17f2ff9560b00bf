-- Runs the retention of $1 (null: everything) for date $2 with parameters $3: how many tables failed, rows, messages.
select count(*) filter (where status <> 0), coalesce(sum(rows), 0)::bigint, string_agg(message, E'\n')
from json_to_record($3::json) as given (backup_table text, backup_schema text),
     lateral dfa.run_retention($1, $2::date, given.backup_table, given.backup_schema)
