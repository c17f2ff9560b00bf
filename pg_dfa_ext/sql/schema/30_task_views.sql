-- What workers and callers look at. Locks tell who is alive: they end with their session, however it ends.

-- A worker holds the session lock (0x0DFB, its number) from its start to its end.
create view dfa.worker as
select held.objid::integer as number, held.pid, activity.usename::text as process_by
from pg_locks as held
     join pg_stat_activity as activity using (pid)
where held.locktype = 'object' and held.classid = 3579 and held.objid > 0 and held.granted
  and held.database = (select oid from pg_database where datname = current_database());

-- A session that runs steps of a foreground task holds the lock (0x0DFC, hash of the task's id) in each of its transactions.
create view dfa.foreground_session as
select task.process_id, held.pid
from pg_locks as held
     join dfa.task_process as task
     on held.objid::bigint = hashtext(task.process_id)::bigint & 4294967295 and task.status = 2
where held.locktype = 'object' and held.classid = 3580 and held.granted
  and held.database = (select oid from pg_database where datname = current_database());

-- A front service holds the lock (0x0DFE, low half of the step's id) in the transaction in which it is at the step.
create view dfa.front_session as
select step.id as step_id, step.process_id, held.pid
from pg_locks as held
     join dfa.task_step as step on held.objid::bigint = step.id & 4294967295 and step.state = 'PROCESSING' and step.by_front
where held.locktype = 'object' and held.classid = 3582 and held.granted
  and held.database = (select oid from pg_database where datname = current_database());

-- Foreground tasks whose session has gone. Between two of its transactions a session holds no lock, for a moment.
create view dfa.lost_task as
select task.process_id
from dfa.task_process as task
where task.status = 2 and task.process_type like 'foreground|%'
  and not exists (select from dfa.foreground_session where foreground_session.process_id = task.process_id)
  and greatest(task.update_date, (select max(finished_at) from dfa.task_step where process_id = task.process_id),
               (select max(taken_at) from dfa.ingest_chunk where process_id = task.process_id))
      < clock_timestamp() - case task.process_module when 'data|ingestion' then interval '1 day' else interval '5 seconds' end;

-- Background tasks that nobody can run: their role is gone, or may not do any more what an operator may.
create view dfa.orphaned_task as
select task.process_id,
       case when role.oid is null then format('role %I, which submitted it, is gone', task.process_by)
            else format('role %I, which submitted it, has lost the rights of dfa_operator', task.process_by) end as reason
from dfa.task_process as task
     left join pg_roles as role on role.rolname = task.process_by
where task.status = 2 and task.process_type like 'background|%'
  and (role.oid is null or not has_schema_privilege(role.oid, 'dfa', 'usage')
       or not has_table_privilege(role.oid, 'dfa.task_step', 'insert'));

-- Named limits of the catalog: at most so many steps of tables and pipelines that name one run at once in the background. Most
-- catalogs have none: the index makes looking cost nothing.
create index catalog_limited on dfa.catalog (name)
    where current and coalesce(document -> 'limit', document -> 'limits') is not null;
create view dfa.step_limit as
select definition.kind, definition.name, part.key as limit_name, part.value::integer as most
from dfa.catalog as definition
     cross join lateral json_each_text(coalesce(document -> 'limit', document -> 'limits')) as part
where definition.current and coalesce(document -> 'limit', document -> 'limits') is not null
  and definition.kind in ('table', 'pipeline');

-- How many background steps of each limit are under way.
create view dfa.limit_use as
select taken.limit_name, min(taken.most) as most, count(distinct step.id) as steps
from dfa.step_limit as taken
     join dfa.task_step as step on step.state = 'PROCESSING'
          and (taken.kind = 'table' and step.node = taken.name or taken.kind = 'pipeline' and step.pipeline_name = taken.name)
where step.worker in (select pid from dfa.worker) and step.worker <> pg_backend_pid()
   or step.by_front and step.started_at > clock_timestamp() - interval '5 seconds'
   or step.id in (select step_id from dfa.front_session)
group by taken.limit_name;

-- Steps that a worker of process_by can run now: what they wait for has ended, nobody is at them, and no worker is at the
-- same table. A step whose worker died is ready again; a worker that has the process id of a dead one knows that it is not
-- at that step. While workers are paused, none is. However many steps wait, only those of index task_step_ready are looked at.
create view dfa.ready_step as
select step.id, step.process_id, step.step_order, task.process_by, task.priority
from dfa.task_process as task
     join dfa.task_step as step using (process_id)
where task.status = 2 and task.process_type like 'background|%' and task.cancelled_at is null and not step.by_front
  and not exists (select from dfa.paused_now where kind in ('worker', 'all'))
  and (step.state = 'PROCESSING' or step.state = 'WAITING' and step.is_ready)
  and (step.state = 'WAITING' and (step.retry_at is null or step.retry_at <= clock_timestamp())
       or step.state = 'PROCESSING'
          and (step.worker = pg_backend_pid() or step.worker not in (select pid from dfa.worker)))
  and step.node not in (
      select other.node from dfa.task_step as other
      where other.state = 'PROCESSING' and other.worker <> pg_backend_pid()
        and other.worker in (select pid from dfa.worker)
  )
  and step.node not in (
      select other.node from dfa.task_step as other join dfa.front_session on other.id = front_session.step_id
  )
  and not exists (
      select from dfa.step_limit as own join dfa.limit_use as used using (limit_name)
      where (own.kind = 'table' and own.name = step.node or own.kind = 'pipeline' and own.name = step.pipeline_name)
        and used.steps >= own.most
  );

-- Steps that a front service can run now. Between its claim and the transaction that runs the step there is a moment in
-- which nobody holds it.
create view dfa.ready_dataframe_step as
select step.id, step.process_id, step.step_order, task.process_by, task.priority
from dfa.task_process as task
     join dfa.task_step as step using (process_id)
where task.status = 2 and task.cancelled_at is null and step.by_front
  and not exists (select from dfa.paused_now where kind in ('worker', 'all'))
  and (step.state = 'PROCESSING' or step.state = 'WAITING' and step.is_ready)
  and (step.state = 'WAITING' and (step.retry_at is null or step.retry_at <= clock_timestamp())
       or step.state = 'PROCESSING' and step.started_at < clock_timestamp() - interval '5 seconds'
          and step.id not in (select step_id from dfa.front_session))
  and step.node not in (
      select other.node from dfa.task_step as other
      where other.state = 'PROCESSING' and other.id <> step.id
        and (other.worker in (select pid from dfa.worker)
             or other.by_front and other.started_at > clock_timestamp() - interval '5 seconds'
             or other.id in (select step_id from dfa.front_session))
  )
  and not exists (
      select from dfa.step_limit as own join dfa.limit_use as used using (limit_name)
      where (own.kind = 'table' and own.name = step.node or own.kind = 'pipeline' and own.name = step.pipeline_name)
        and used.steps >= own.most
  );
