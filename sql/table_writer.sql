-- Who writes the table $1; with $2 also who holds rows of it.
select format('process %s of %s (%s), which writes %s in a transaction since %s', activity.pid, activity.usename,
              coalesce(nullif(activity.application_name, ''), 'no application name'), $1::regclass,
              to_char(activity.xact_start, 'YYYY-MM-DD HH24:MI:SS'))
from pg_locks as held
     join pg_stat_activity as activity using (pid)
where held.locktype = 'relation' and held.relation = $1
  and held.database = (select oid from pg_database where datname = current_database()) and held.pid <> pg_backend_pid() and held.granted
  and held.mode in ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock',
                    'ShareUpdateExclusiveLock', case when $2 then 'RowShareLock' end)
order by held.mode = 'RowShareLock', activity.xact_start
limit 1
