//! Chains of pg_timetable: rows of timetable.chain with their tasks.

use super::jobs::{schedule, Job, Step};
use super::Left;
use crate::db::{Ask, Client, Columns};
use crate::failure::{Failure, Result};

pub async fn read(client: &Client) -> Result<(Vec<Job>, Vec<Left>)> {
    let there = "select to_regclass('timetable.chain') is not null as is_there";
    if !client.ask_one(there, &[]).await?.value::<bool>("is_there")? {
        return Err(Failure::work("this database has no timetable.chain")
            .hint("Connect to the database of pg_timetable by DB_NAME."));
    }
    let (mut jobs, mut left) = (Vec::new(), Vec::new());
    for row in client.ask(include_str!("pg_timetable_chains.sql"), &[]).await? {
        let (id, name): (i64, String) = (row.value("id")?, row.value("name")?);
        let place = format!("chain {id} ({name})");
        let given: Option<String> = row.value("run_at")?;
        let schedule = match given.as_deref().map(schedule) {
            None => None,
            Some(Ok(schedule)) if row.value::<bool>("live")? => Some(schedule),
            Some(Ok(_)) => {
                left.push(Left::new(&place, "it is off: the pipeline has no schedule"));
                None
            }
            Some(Err(why)) => {
                left.push(Left::new(&place, format!("{why}; the pipeline has no schedule")));
                None
            }
        };
        if row.value::<bool>("self_destruct")? {
            left.push(Left::new(&place, "it removes itself after a success; a pipeline stays"));
        }
        let mut steps = Vec::new();
        for task in client.ask(include_str!("pg_timetable_tasks.sql"), &[&id]).await? {
            let step: String = task.value("name")?;
            match task.value::<Option<String>>("left")? {
                Some(why) => left.push(Left::new(format!("{place}, {step}"), why)),
                None => steps.push(Step { name: step, sql: task.value("command")? }),
            }
        }
        jobs.push(Job { place, name, schedule, timezone: None, steps });
    }
    Ok((jobs, left))
}
