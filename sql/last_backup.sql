-- Where the rows of table $1 were put last, and what that is: schema, name, content.
select backup_schema, backup_table, content
from dfa.table_backup
where table_name = $1
order by made_at desc
limit 1
