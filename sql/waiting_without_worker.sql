-- This session's role has background tasks that have not ended, and no worker.
select exists (select from dfa.task_process
               where status = 2 and process_type like 'background|%' and process_by = session_user)
   and not exists (select from dfa.worker where process_by = session_user)
