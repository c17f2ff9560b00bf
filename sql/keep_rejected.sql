-- Keeps what task $1 refused for table $2: positions $3, columns $4, reasons $5, rows $6.
insert into dfa.rejected_row (process_id, table_name, position, column_name, reason, row)
select $1, $2, position, column_name, reason, row::json
from unnest($3, $4, $5, $6) as refused (position, column_name, reason, row)
