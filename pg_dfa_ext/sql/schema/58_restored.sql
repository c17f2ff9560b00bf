-- A dump of 0.1.0 says of a schedule nothing but its pipeline_type, which is any word by now: the schedule of a pipeline is known by
-- its name. The rows of dfa.catalog are restored before.
create function dfa.kind_of_restored() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if exists (select from dfa.catalog where kind = 'pipeline' and current and name = new.pipeline_name) then
        new.kind := 'pipeline';
    end if;
    return new;
end
$$;
comment on function dfa.kind_of_restored is
'Trigger: a schedule that does not say of what it is, and has the name of a pipeline, is that of the pipeline.';
create trigger kind_of_restored before insert on dfa.task_schedule
    for each row when (new.kind = 'source') execute function dfa.kind_of_restored();
