-- Who holds the table $1.$2, its partitions or children, or rows of them.
with recursive involved (oid) as (
    select to_regclass(format('%I.%I', $1::text, $2::text))::oid
    union
    select inhrelid from pg_inherits join involved on inhparent = involved.oid
)
select format('process %s of %s (%s), in a transaction since %s', pid, usename,
              coalesce(nullif(application_name, ''), 'no application name'), to_char(xact_start, 'YYYY-MM-DD HH24:MI:SS')) as holder
from pg_locks as held
     join pg_stat_activity as activity using (pid)
where held.locktype = 'relation' and held.granted and held.relation in (select oid from involved)
  and held.database = (select oid from pg_database where datname = current_database())
  and held.mode <> 'AccessShareLock'
order by held.mode <> 'AccessExclusiveLock', xact_start
limit 1
