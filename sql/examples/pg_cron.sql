-- pg_cron as the clock of the scheduler: what is due is started each minute. In the database that cron.database_name names;
-- cron.use_background_workers = on spares the jobs a connection.
create extension if not exists pg_cron;
select cron.schedule('dfa tick', '* * * * *', 'select * from dfa.tick()');
