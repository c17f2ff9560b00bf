-- The steps of job $1 in the order of their names, as pgAgent runs them, and why one cannot be carried over.
select jstname::text as name, jstcode::text as code,
       case
           when not jstenabled then 'it is off'
           when jstkind <> 's' then 'it is a batch of the shell, and a process is SQL'
           when coalesce(jstconnstr, '') <> '' then 'it connects to another server'
           when coalesce(jstdbname::text, '') not in ('', current_database()) then format('it runs in database %L, and a pipeline in its own', jstdbname)
       end as left
from pgagent.pga_jobstep
where jstjobid = $1
order by jstname, jstid
