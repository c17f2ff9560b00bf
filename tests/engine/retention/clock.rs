//! The zone of whoever calls decides about no row.

use super::retain;
use crate::session::Session;

const CATALOG: &str = "
imp_tz: {retention: {column: at, months: 2}, create: {features: {id: int, at: 'timestamptz not null'}}}
imp_parts: {retention: {column: at, months: 2}, create: {features: {id: int, at: 'timestamptz not null'}, partition_by_range: at}}
imp_kept: {retention: {column: at, months: 2, backup: rows}, create: {features: {id: int, at: 'timestamptz not null'}, partition_by_range: at}}
imp_scd: {retention: {column: at, months: 2}, run: {table_type: master}, create: {features: {id: int, at: 'timestamptz not null'}, primary_key: [id, at]}}
";
const TABLES: [&str; 4] = ["imp_tz", "imp_parts", "imp_kept", "imp_scd"];

#[test]
fn the_same_rows_go_from_wherever_it_is_called() {
    for business in ["Asia/Bangkok", "America/New_York", "UTC"] {
        for caller in ["UTC", "Asia/Bangkok", "America/New_York", "Pacific/Kiritimati"] {
            let mut session = Session::fresh();
            let name = session.database.quoted_name();
            session.run(&format!("alter database {name} set dfa.timezone = '{business}'"));
            let mut session = session.another();
            session.load(CATALOG);
            session.set_up();
            session.run(&format!("set timezone = '{caller}'"));
            for table in TABLES {
                // The first and the last moment of a business month, and what lies an hour to either side.
                session.run(&format!(
                    "insert into ai.{table} select n, (timestamp '2024-04-01' + interval '1 hour' * n) at time zone '{business}' from generate_series(-3, 3) as n"
                ));
                if table == "imp_scd" {
                    session.run(&format!("insert into ai.{table} select n, timestamp '2024-06-15' at time zone '{business}' from generate_series(-3, 3) as n"));
                }
                assert_eq!(
                    retain(&mut session, &format!("'{table}', '2024-06-15'")),
                    [format!("{table}|2024-04-01|3|0")],
                    "{business}, called from {caller}"
                );
                assert_eq!(
                    session
                        .value(&format!("select min(id) filter (where at < '2024-06-01') from ai.{table}")),
                    "0"
                );
            }
            assert_eq!(
                session.value("select dfa.restore_backup('imp_kept', '2024-03-31', '2024-03-31')"),
                "3"
            );
        }
    }
}
