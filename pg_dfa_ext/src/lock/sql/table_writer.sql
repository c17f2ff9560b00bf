-- Who writes the table $1: a session, or a transaction that was prepared and not ended yet; with $2 also who holds rows.
select case when activity.pid is not null
            then format('process %s of %s (%s), which writes %s in a transaction since %s', activity.pid, activity.usename,
                        coalesce(nullif(activity.application_name, ''), 'no application name'), $1::regclass,
                        to_char(activity.xact_start, 'YYYY-MM-DD HH24:MI:SS'))
            else format('the prepared transaction %L of %s, which writes %s since %s', prepared.gid, prepared.owner, $1::regclass,
                        to_char(prepared.prepared, 'YYYY-MM-DD HH24:MI:SS')) end
from pg_locks as held
     left join pg_stat_activity as activity using (pid)
     -- A prepared transaction has no process, but a lock on its own number.
     left join pg_locks as own on held.pid is null and own.locktype = 'transactionid' and own.pid is null
                                  and own.virtualtransaction = held.virtualtransaction
     left join pg_prepared_xacts as prepared on prepared.transaction = own.transactionid
where held.locktype = 'relation' and held.relation = $1 and held.pid is distinct from pg_backend_pid() and held.granted
  and held.database = (select oid from pg_database where datname = current_database())
  and held.mode in ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock',
                    'ShareUpdateExclusiveLock', case when $2 then 'RowShareLock' end)
order by held.mode = 'RowShareLock', coalesce(activity.xact_start, prepared.prepared)
limit 1
