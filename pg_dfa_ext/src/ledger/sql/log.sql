-- What an action did to table $1: how far its rows reach $2 (null: as its watermark says), run date $3 (null: today),
-- rows $4, seconds $5, action $6, status $7, of task $8, message $9.
insert into dfa.data_logging
    (table_name, data_date, run_date, row_record, process_time, action_type, status, process_id, message)
values ($1, coalesce($2::date, (select data_date from dfa.data_pipeline where table_name = $1)),
        coalesce($3::date, current_date), $4, $5::numeric, $6::dfa.action_type, $7, $8, $9)
