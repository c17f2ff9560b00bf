-- What an action did to table $1: run date $2, rows $3, seconds $4, action $5, status $6, of task $7, message $8.
insert into dfa.data_logging
    (table_name, data_date, run_date, row_record, process_time, action_type, status, process_id, message)
values ($1, (select data_date from dfa.data_pipeline where table_name = $1), $2::date, $3, $4::numeric,
        $5::dfa.action_type, $6, $7, $8)
