-- Who writes one of the tables $1, with their partitions and children: a session, or a transaction that was prepared and not
-- ended yet; with $2 also who holds rows.
with recursive involved (oid) as (
    select given.oid from unnest($1::oid[]) as given (oid)
    union
    select inhrelid from pg_inherits join involved on inhparent = involved.oid
)
select case when activity.pid is not null
            then format('process %s of %s (%s), which writes %s in a transaction since %s', activity.pid, activity.usename,
                        coalesce(nullif(activity.application_name, ''), 'no application name'), held.relation::regclass,
                        to_char(activity.xact_start, 'YYYY-MM-DD HH24:MI:SS'))
            else format('the prepared transaction %L of %s, which writes %s since %s', prepared.gid, prepared.owner, held.relation::regclass,
                        to_char(prepared.prepared, 'YYYY-MM-DD HH24:MI:SS')) end
from pg_locks as held
     left join pg_stat_activity as activity using (pid)
     -- A prepared transaction has no process, but a lock on its own number.
     left join pg_locks as own on held.pid is null and own.locktype = 'transactionid' and own.pid is null
                                  and own.virtualtransaction = held.virtualtransaction
     left join pg_prepared_xacts as prepared on prepared.transaction = own.transactionid
where held.locktype = 'relation' and held.relation in (select oid from involved) and held.pid is distinct from pg_backend_pid() and held.granted
  and held.database = (select oid from pg_database where datname = current_database())
  and held.mode in ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock',
                    'ShareUpdateExclusiveLock', case when $2 then 'RowShareLock' end, case when $2 then 'ShareLock' end)
order by held.mode = 'RowShareLock', held.mode <> 'AccessExclusiveLock', coalesce(activity.xact_start, prepared.prepared)
limit 1
