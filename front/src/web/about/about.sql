-- What this database is.
select current_database()::text as name, current_setting('server_version') as server,
       (select extversion from pg_extension where extname = 'dfa') as extension,
       dfa.time_zone() as zone, dfa.ai_schema() as schema, pg_database_size(current_database()) as size,
       (select count(*) from dfa.catalog where current and kind = 'table') as tables,
       (select count(*) from dfa.catalog where current and kind = 'pipeline') as pipelines
