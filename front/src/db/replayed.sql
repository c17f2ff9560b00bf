-- Whether this is a standby of cluster $2 (text), and has what was written up to position $1 (text).
select pg_is_in_recovery() and (select system_identifier::text from pg_control_system()) = $2 as is_standby,
       coalesce(pg_last_wal_replay_lsn() >= $1::pg_lsn, false) as has_all;
