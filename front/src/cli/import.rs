//! `dfa import`

use crate::db;
use crate::failure::Result;
use crate::import::{self, Imported, Left, Scheduler};
use crate::output::Output;
use crate::settings::Settings;
use serde_json::{json, Value};
use std::path::PathBuf;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// The jobs of pg_cron in this database.
    #[command(name = "pg_cron")]
    PgCron(To),
    /// The chains of pg_timetable in this database.
    #[command(name = "pg_timetable")]
    PgTimetable(To),
    /// The jobs of pgAgent in this database.
    Pgagent(To),
    /// The models, seeds and tests of a dbt project.
    Dbt {
        /// The folder of dbt_project.yml.
        project: PathBuf,
        #[command(flatten)]
        to: To,
    },
}

#[derive(Debug, clap::Args)]
pub struct To {
    /// Where the catalogs go: a folder that is not there yet, or is empty.
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

pub async fn run(command: Command, settings: &Settings, output: Output) -> Result<()> {
    let client = db::connect(settings).await?;
    let (made, to) = match command {
        Command::PgCron(to) => (import::of_scheduler(&client, Scheduler::Cron).await?, to),
        Command::PgTimetable(to) => (import::of_scheduler(&client, Scheduler::Timetable).await?, to),
        Command::Pgagent(to) => (import::of_scheduler(&client, Scheduler::Agent).await?, to),
        Command::Dbt { project, to } => (import::dbt::of_project(&client, &project).await?, to),
    };
    made.write(&to.output)?;
    tell(&made, &to.output.display().to_string(), output);
    Ok(())
}

fn tell(made: &Imported, dir: &str, output: Output) {
    if !output.json && !made.left.is_empty() {
        let rows: Vec<crate::db::NamedRow> = made
            .left
            .iter()
            .map(|Left { place, why }| {
                [("not carried over", place), ("why", why)]
                    .map(|(column, text)| (column.to_owned(), json!(text)))
                    .into_iter()
                    .collect()
            })
            .collect();
        output.rows(&rows, "");
    }
    let text = format!(
        "Success: {} definitions in '{dir}', {} not carried over\nNext:\ndfa catalog check {dir}\ndfa init --catalog {dir}",
        made.definitions,
        made.left.len()
    );
    let left: Vec<Value> = made.left.iter().map(Left::to_json).collect();
    let files: Vec<&String> = made.files.iter().map(|(path, _)| path).collect();
    output.message(
        &text,
        json!({ "message": text, "definitions": made.definitions, "files": files, "left": left }),
    );
}
