//! Jobs of pg_cron: rows of cron.job.

use super::jobs::{schedule, Job, Step};
use super::Left;
use crate::db::{Ask, Client, Columns};
use crate::failure::{Failure, Result};

pub async fn read(client: &Client) -> Result<(Vec<Job>, Vec<Left>)> {
    let there = "select to_regclass('cron.job') is not null as is_there";
    if !client.ask_one(there, &[]).await?.value::<bool>("is_there")? {
        return Err(Failure::work("this database has no cron.job").hint(
            "pg_cron keeps its jobs in the database of cron.database_name; connect to that by DB_NAME.",
        ));
    }
    let (mut jobs, mut left) = (Vec::new(), Vec::new());
    for row in client.ask(include_str!("pg_cron.sql"), &[]).await? {
        let (id, name): (i64, String) = (row.value("id")?, row.value("name")?);
        let place = format!("job {id} ({name})");
        if row.value::<bool>("is_elsewhere")? {
            let database: String = row.value("database")?;
            left.push(Left::new(
                &place,
                format!("it runs in database '{database}', and a pipeline in its own"),
            ));
            continue;
        }
        if let Some(user) = row.value::<Option<String>>("other_user")? {
            left.push(Left::new(&place, format!("it ran as '{user}'; a pipeline runs as whoever ticks")));
        }
        let given: String = row.value("schedule")?;
        let schedule = match (schedule(&given), row.value::<bool>("active")?) {
            (Ok(schedule), true) => Some(schedule),
            (Ok(_), false) => {
                left.push(Left::new(&place, "it is off: the pipeline has no schedule"));
                None
            }
            (Err(why), _) => {
                left.push(Left::new(&place, format!("{why}; the pipeline has no schedule")));
                None
            }
        };
        let steps = vec![Step { name: name.clone(), sql: row.value("command")? }];
        jobs.push(Job { place, name, schedule, timezone: Some(row.value("timezone")?), steps });
    }
    Ok((jobs, left))
}
