-- Statements that enable the triggers of table $1 (an oid) as they are enabled now.
select format('alter table only %s enable %strigger %I', tgrelid::regclass,
              case tgenabled when 'R' then 'replica ' when 'A' then 'always ' else '' end, tgname)
from pg_trigger
where tgrelid = $1 and not tgisinternal and tgenabled <> 'D'
