-- Who holds the lock of DFA with classid $1 and objid $2.
select format('process %s of %s (%s), in a transaction since %s', activity.pid, activity.usename,
              coalesce(nullif(activity.application_name, ''), 'no application name'),
              to_char(activity.xact_start, 'YYYY-MM-DD HH24:MI:SS'))
from pg_locks as held
     join pg_stat_activity as activity using (pid)
where held.locktype = 'object' and held.granted
  and held.database = (select oid from pg_database where datname = current_database())
  and held.classid = $1::bigint::oid and held.objid = $2::bigint::oid
limit 1
