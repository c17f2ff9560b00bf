-- The transactions that hold a lock of one who writes on the tables {names}, or on shards of theirs, on this machine: by
-- their virtual ids, those of the session that asks left out (its connections have the name {session}).
with named as (
    select pg_catalog.to_regclass(name) as table from pg_catalog.unnest({names}::pg_catalog.text[]) as name
),
relation as (
    select named.table::pg_catalog.oid as oid from named
    union
    select pg_catalog.to_regclass(pg_catalog.shard_name(logicalrelid, shardid))
    from pg_catalog.pg_dist_shard join named on named.table operator(pg_catalog.=) logicalrelid
)
select coalesce(pg_catalog.string_agg(distinct held.virtualtransaction, ' '), '')
from pg_catalog.pg_locks as held
     join relation on relation.oid operator(pg_catalog.=) held.relation
     left join pg_catalog.pg_stat_activity as activity on activity.pid operator(pg_catalog.=) held.pid
where held.granted
  and held.mode in ('RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
  and held.database operator(pg_catalog.=) (select oid from pg_catalog.pg_database where datname operator(pg_catalog.=) pg_catalog.current_database())
  and activity.application_name is distinct from {session}
  and not (held.pid is not distinct from {pid} and (select groupid from pg_catalog.pg_dist_local_group) operator(pg_catalog.=) {group})
