-- The definitions of kinds $1 and names $2 are set up; the task of it: name $3, $4 objects, failures $5, seconds $6.
with marked as (
    update dfa.catalog as known
    set set_up_at = clock_timestamp()
    from unnest($1, $2) as given (kind, name)
    where known.current and known.kind = given.kind::dfa.definition_kind and known.name = given.name
)
insert into dfa.task_process
    (process_id, process_type, process_name_put, process_name_get, process_message, process_time, process_number_put,
     process_number_get, process_module, status, finished_at)
values (to_char(clock_timestamp(), 'YYYYMMDDHH24MISSUS')
            || lpad((nextval('dfa.task_number_seq') % 1000000)::text, 6, '0'),
        'foreground|table', $3, $3, coalesce(nullif($5, ''), format('Success: Setup %L', $3)), $6, $4, cardinality($2),
        'framework|setup', case when $5 = '' then 0 else 1 end, clock_timestamp())
