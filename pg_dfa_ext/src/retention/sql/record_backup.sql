-- Table $1 has a backup $2.$3 of content $4, made at the cut $5 with $6 rows.
insert into dfa.table_backup as known (table_name, backup_schema, backup_table, content, cut, backup_rows)
values ($1, $2, $3, $4, $5::date, $6)
on conflict (table_name, backup_schema, backup_table, made_by) do update
set content = excluded.content, cut = excluded.cut, backup_rows = excluded.backup_rows, made_at = clock_timestamp()
