-- Where the rows of table $1 were put, the last first: schema, name, content, who says so.
select backup_schema, backup_table, content, made_by
from dfa.table_backup
where table_name = $1
order by made_at desc
