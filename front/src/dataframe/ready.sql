-- A step that this service may claim.
select from dfa.ready_dataframe_step as ready
     join pg_roles as role on role.rolname = ready.process_by
where pg_has_role(role.oid, 'member')
limit 1
