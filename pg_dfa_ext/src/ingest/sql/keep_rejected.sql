-- Keeps what task $1 refused for table $2: positions $3, columns $4, reasons $5, rows $6; the chunk $7 that they came in.
insert into dfa.rejected_row (process_id, table_name, position, column_name, reason, row, chunk)
select $1, $2, position, column_name, reason, row::json, $7
from unnest($3, $4, $5, $6) as refused (position, column_name, reason, row)
