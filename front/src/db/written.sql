-- Up to where this server has written, and which cluster it is. Where a record ends with a page of the log, the position is
-- behind the heading of the next one, 24 or 40 bytes that a standby counts only with the next record: no record ends in them.
select (position - case when of_page <= 40 then of_page else 0 end)::text as position, cluster::text as cluster
from (select pg_current_wal_insert_lsn() as position,
             mod(pg_current_wal_insert_lsn() - '0/0', current_setting('wal_block_size')::integer) as of_page,
             system_identifier as cluster
      from pg_control_system()) as written;
