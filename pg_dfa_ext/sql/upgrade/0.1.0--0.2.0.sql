-- An interval has a third state. A value that was added to a type could not be used before the end of the transaction.
drop index dfa.data_interval_stale;
alter type dfa.interval_state rename to interval_state_before;
create type dfa.interval_state as enum ('done', 'open', 'stale');
alter table dfa.data_interval alter column state type dfa.interval_state using state::text::dfa.interval_state;
drop type dfa.interval_state_before;

-- What a schedule is stood in the column that people write any word into.
alter table dfa.task_schedule add column kind text not null default 'source';
update dfa.task_schedule set kind = pipeline_type;

-- Of tasks of before nobody knows for whom they ran.
alter table dfa.task_process add column person text, add column way text;

-- What one role of a service answered says nothing to another. Whose an answer was, its task tells; the others are of no use to anybody.
alter table dfa.idempotent_request add column made_by text;
update dfa.idempotent_request as request set made_by = task.process_by
from dfa.task_process as task
where task.process_id = request.answer ->> 'process_id';
delete from dfa.idempotent_request where made_by is null;
alter table dfa.idempotent_request alter column made_by set not null;

-- A database has one data schema: that of the control views.
create table dfa.data_schema (
    only_one boolean not null,
    name     text not null,
    set_at   timestamp with time zone not null default clock_timestamp()
);
insert into dfa.data_schema (only_one, name)
select true, min(nspname)
from pg_class join pg_namespace on pg_namespace.oid = relnamespace
where relname = 'ctr_data_pipeline' and relkind = 'v' and nspname <> 'dfa'
having count(*) = 1;
