//! Jobs of pgAgent: rows of pgagent.pga_job with their steps and schedules.

use super::jobs::{schedule, Job, Step};
use super::Left;
use crate::db::{Ask, Client, Columns};
use crate::failure::{Failure, Result};

pub async fn read(client: &Client) -> Result<(Vec<Job>, Vec<Left>)> {
    let there = "select to_regclass('pgagent.pga_job') is not null as is_there";
    if !client.ask_one(there, &[]).await?.value::<bool>("is_there")? {
        return Err(Failure::work("this database has no pgagent.pga_job")
            .hint("pgAgent keeps its jobs in its maintenance database; connect to that by DB_NAME."));
    }
    let (mut jobs, mut left) = (Vec::new(), Vec::new());
    for row in client.ask("select jobid::bigint as id, jobname::text as name, jobenabled from pgagent.pga_job order by jobid", &[]).await? {
        let (id, name): (i64, String) = (row.value("id")?, row.value("name")?);
        let place = format!("job {id} ({name})");
        let mut schedules = Vec::new();
        for known in client.ask(include_str!("pgagent_schedules.sql"), &[&id]).await? {
            let called: String = known.value("name")?;
            let place = format!("{place}, schedule {called}");
            if let Some(why) = known.value::<Option<String>>("left")? {
                left.push(Left::new(&place, why));
                continue;
            }
            match schedule(&known.value::<String>("cron")?) {
                Ok(cron) => schedules.push(cron),
                Err(why) => left.push(Left::new(&place, why)),
            }
        }
        if !row.value::<bool>("jobenabled")? && !schedules.is_empty() {
            left.push(Left::new(&place, "it is off: the pipeline has no schedule"));
            schedules.clear();
        }
        for more in schedules.iter().skip(1) {
            left.push(Left::new(&place, format!("it has several schedules; '{more}' is left: make a list of `schedule`")));
        }
        let mut steps = Vec::new();
        for step in client.ask(include_str!("pgagent_steps.sql"), &[&id]).await? {
            let called: String = step.value("name")?;
            match step.value::<Option<String>>("left")? {
                Some(why) => left.push(Left::new(format!("{place}, {called}"), why)),
                None => steps.push(Step { name: called, sql: step.value("code")? }),
            }
        }
        let schedule = schedules.into_iter().next();
        jobs.push(Job { place, name, schedule, timezone: None, steps });
    }
    Ok((jobs, left))
}
