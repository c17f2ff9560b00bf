//! Jobs as catalogs: each is a pipeline, and each step of it a table that keeps the dates on which it ran.

use super::{fresh, yaml, Imported, Left};
use std::fmt::Write;

/// A job of a scheduler.
#[derive(Debug, Clone)]
pub struct Job {
    /// As messages name it.
    pub place: String,
    pub name: String,
    /// Of five fields; `None`: nothing starts it by itself.
    pub schedule: Option<String>,
    /// The zone of the schedule; `None`: that of the database.
    pub timezone: Option<String>,
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone)]
pub struct Step {
    pub name: String,
    pub sql: String,
}

/// Commands that PostgreSQL runs in no transaction.
const ALONE: [&str; 8] = [
    "vacuum",
    "create database",
    "drop database",
    "alter system",
    "create tablespace",
    "drop tablespace",
    "create index concurrently",
    "reindex database",
];

/// Their catalogs, with what is left of them.
pub fn catalogs(from: &str, jobs: Vec<Job>, mut left: Vec<Left>) -> Imported {
    let (mut tables, mut pipelines) = (String::new(), String::new());
    let (mut taken, mut ids) = (Vec::new(), Vec::new());
    let mut definitions = 0;
    for job in jobs {
        let mut nodes = Vec::new();
        for step in &job.steps {
            match fault(&step.sql) {
                Some(why) => left.push(Left::new(format!("{}, {}", job.place, step.name), why)),
                None => {
                    let table = fresh(&step.name, "ai_", &mut taken);
                    write_table(&mut tables, &table, from, &job, step);
                    nodes.push(table);
                }
            }
        }
        if nodes.is_empty() {
            continue;
        }
        let name = fresh(&job.name, "", &mut ids);
        definitions += nodes.len() + 1;
        let _ = writeln!(
            pipelines,
            "pipeline:{name}:\n  id: {name}\n  description: {}",
            yaml::text(&format!("{from}, {}", job.place))
        );
        let _ = writeln!(pipelines, "  nodes: [{}]", nodes.join(", "));
        if let Some(schedule) = &job.schedule {
            let _ = writeln!(pipelines, "  schedule: {}", yaml::text(schedule));
        }
        if let Some(zone) = job.timezone.as_ref().filter(|_| job.schedule.is_some()) {
            let _ = writeln!(pipelines, "  timezone: {}", yaml::text(zone));
        }
        pipelines.push('\n');
    }
    let mut files = Vec::new();
    if definitions > 0 {
        files.push(("catalog/catalog_jobs.yaml".to_owned(), tables));
        files.push(("pipeline/pipeline_jobs.yaml".to_owned(), pipelines));
    }
    Imported { files, copies: Vec::new(), left, definitions }
}

fn write_table(text: &mut String, table: &str, from: &str, job: &Job, step: &Step) {
    let command = step.sql.trim().trim_end_matches(';').trim_end();
    let statement = format!(
        "{};\ninsert into {{ai_schema_name}}.{table} (run_date) values (date '{{run_date}}') on conflict do nothing",
        yaml::literal(command)
    );
    let _ = writeln!(
        text,
        "{table}:\n  description: {}\n  create:\n    features: {{run_date: date not null}}\n    primary_key: [run_date]\n  update:\n    \
         run:\n      parameter: [run_date]\n      statement: {}\n",
        yaml::text(&format!("{from}, {}: the dates on which {} ran", job.place, step.name)),
        yaml::block(&statement, 8)
    );
}

/// Why a command cannot be a process.
fn fault(sql: &str) -> Option<String> {
    let words: Vec<String> = sql.split_whitespace().map(str::to_ascii_lowercase).collect();
    let words = words.join(" ");
    if words.is_empty() {
        return Some("it does nothing".to_owned());
    }
    let alone = ALONE.iter().find(|command| words.starts_with(**command));
    alone.map(|command| {
        format!("PostgreSQL runs {} in no transaction, and a run is one", command.to_uppercase())
    })
}

/// A cron expression as DFA takes it.
///
/// # Errors
/// Why it cannot be said so.
pub fn schedule(given: &str) -> std::result::Result<String, String> {
    let given = given.trim();
    let five = match given.to_ascii_lowercase().trim_start_matches('@') {
        "hourly" if given.starts_with('@') => "0 * * * *",
        "daily" | "midnight" if given.starts_with('@') => "0 0 * * *",
        "weekly" if given.starts_with('@') => "0 0 * * 0",
        "monthly" if given.starts_with('@') => "0 0 1 * *",
        "yearly" | "annually" if given.starts_with('@') => "0 0 1 1 *",
        _ => given,
    };
    dfa_catalog::schedule::Schedule::parse(five)
        .map(|_| five.to_owned())
        .map_err(|error| format!("its schedule is none of five fields: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(sql: &str) -> Job {
        Job {
            place: "job 7".to_owned(),
            name: "Night".to_owned(),
            schedule: Some("0 3 * * *".to_owned()),
            timezone: Some("UTC".to_owned()),
            steps: vec![Step { name: "Night".to_owned(), sql: sql.to_owned() }],
        }
    }

    #[test]
    fn jobs_become_catalogs_without_findings() {
        let sql = "insert into public.log values ('{\"a\": 1}');\ndelete from public.log where at < now() - interval '1 day';";
        let made = catalogs("pg_cron", vec![job(sql), job("VACUUM public.log")], Vec::new());
        assert_eq!((made.definitions, made.files.len()), (2, 2));
        assert_eq!(
            made.left,
            [Left::new("job 7, Night", "PostgreSQL runs VACUUM in no transaction, and a run is one")]
        );
        for (path, text) in &made.files {
            let parsed = dfa_catalog::parse(text, path);
            assert!(parsed.diagnostics.is_empty(), "{text}\n{:?}", parsed.diagnostics);
        }
    }

    #[test]
    fn words_of_cron_are_five_fields_and_seconds_are_not() {
        assert_eq!(schedule("@Daily").unwrap(), "0 0 * * *");
        assert_eq!(schedule(" */5 9-17 * * mon-fri ").unwrap(), "*/5 9-17 * * mon-fri");
        for wrong in ["30 seconds", "@reboot", "0 0 $ * *", "@every 5 minutes", "daily"] {
            assert!(schedule(wrong).unwrap_err().contains("five fields"), "{wrong}");
        }
    }
}
