-- Whether steps that can run would stay without a worker if this one ended: those of its role, and those of a role that came
-- since the last look and found no number left.
select exists (select from dfa.ready_step where process_by = session_user)
    or exists (select from dfa.ready_step as ready
                    join pg_roles as role on role.rolname = ready.process_by and role.rolcanlogin
               where ready.process_by not in (select process_by from dfa.worker))
