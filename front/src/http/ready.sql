-- Version of the extension (null: not there), name of the database, whether it takes no writes.
select (select extversion from pg_extension where extname = 'dfa') as extension,
       current_database()::text as database,
       current_setting('transaction_read_only')::boolean or pg_is_in_recovery() as is_read_only
