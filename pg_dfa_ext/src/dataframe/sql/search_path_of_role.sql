-- The search_path of role $1 in database $2 by ALTER ROLE and ALTER DATABASE, in the order in which a session reads them.
select substr(setting, length('search_path=') + 1)
from pg_db_role_setting as known cross join unnest(known.setconfig) as setting
where setting like 'search_path=%' and known.setrole in ($1, 0) and known.setdatabase in ($2, 0)
order by known.setrole = 0, known.setdatabase = 0
limit 1
