-- The jobs of pg_cron with the zone of their schedules; versions before 1.3 have no names.
select job.jobid as id, coalesce(nullif(to_jsonb(job) ->> 'jobname', ''), 'job_' || job.jobid) as name, job.schedule, job.command,
       job.active, job.database, job.database <> current_database() as is_elsewhere,
       nullif(job.username, current_user) as other_user,
       case coalesce(nullif(current_setting('cron.timezone', true), ''), 'GMT')
           when 'GMT' then 'UTC' else current_setting('cron.timezone', true) end as timezone
from cron.job
order by job.jobid
