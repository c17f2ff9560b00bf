-- Whether the current role may run background tasks: asked of the system catalogs, since a role without rights may not
-- even name a table of schema dfa.
select coalesce(bool_and(has_schema_privilege(space.oid, 'usage') and has_table_privilege(task_step.oid, 'insert')), true)
from pg_class as task_step
     join pg_namespace as space on space.oid = task_step.relnamespace
where space.nspname = 'dfa' and task_step.relname = 'task_step'
