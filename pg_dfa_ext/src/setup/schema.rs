//! The data schema and the updatable views of the control tables in it.

use crate::error::Result;
use crate::spi::{self, ident, qualified};
use crate::{data_schema, trust};

/// The columns that people know, in their order, of each control table; the view of it is `ctr_<table>`.
const VIEWS: [(&str, &str); 5] = [
    (
        "data_pipeline",
        "system_type, table_name, table_type, data_date, update_date, run_date, run_type, run_count_now, \
         run_count_max, rtt_value, rtt_column, active_flg",
    ),
    ("data_parameter", "module_type, parameter_name, parameter_type, parameter_value, update_date, active_flg"),
    (
        "data_logging",
        "table_name, data_date, update_date, run_date, row_record, process_time, action_type, status",
    ),
    (
        "task_process",
        "process_id, process_type, process_name_put, process_name_get, run_date_put, run_date_get, update_date, \
         process_message, process_time, process_number_put, process_number_get, process_module, status",
    ),
    ("task_schedule", "pipeline_id, pipeline_name, pipeline_type, tracking, update_date, active_flg"),
];

/// Makes the data schema with its control views, and grants their use; what is there stays.
pub fn ensure() -> Result<()> {
    let schema = data_schema::name()?;
    data_schema::remember(&schema)?;
    let known = spi::query_one(
        "select to_regnamespace(quote_ident($1)) is not null as has_schema,
                to_regclass(format('%I.ctr_task_schedule', $1)) is not null as has_views",
        &[schema.as_str().into()],
        |row| Ok((row.get::<bool>("has_schema")?, row.get::<bool>("has_views")?)),
    )?;
    let (has_schema, has_views) = known.unwrap_or_default();
    let quoted = ident(&schema);
    trust::check_schema(&schema)?;
    if !has_schema {
        spi::own(&format!("create schema {quoted}"))?;
        spi::own(&format!("comment on schema {quoted} is 'Data tables of DFA'"))?;
        spi::own(&format!("grant usage on schema {quoted} to dfa_reader, dfa_operator"))?;
        spi::own(&format!("grant all on schema {quoted} to dfa_admin"))?;
    }
    if !has_views {
        VIEWS.iter().try_for_each(|(table, columns)| create_view(&schema, table, columns))?;
    }
    Ok(())
}

fn create_view(schema: &str, table: &str, columns: &str) -> Result<()> {
    let view = qualified(schema, &format!("ctr_{table}"));
    let statements = [
        format!("create or replace view {view} as select {columns} from dfa.{table}"),
        format!("comment on view {view} is 'Updatable view of dfa.{table}'"),
        format!("grant select on {view} to dfa_reader, dfa_operator"),
        format!("grant select, insert, update, delete on {view} to dfa_admin"),
    ];
    statements.iter().try_for_each(|statement| spi::own(statement).map(|_| ()))
}
