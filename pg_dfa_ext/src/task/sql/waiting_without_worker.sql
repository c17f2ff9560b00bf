-- The role of this session has background tasks that have not ended and are not held, and no worker.
select exists (select from dfa.task_process
               where status = 2 and process_type like 'background|%' and process_by = dfa.session_role())
   and not exists (select from dfa.worker where process_by = dfa.session_role())
   and not exists (select from dfa.paused_now where kind in ('worker', 'all'))
