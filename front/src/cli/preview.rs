//! `--dry-run` of a run or backfill: what it would do, by the plan that it would have, and why.

use crate::db::{records, Ask, Client, Parameter};
use crate::failure::Result;
use crate::output::Output;
use serde_json::json;

/// What is asked for, as `dfa.preview` takes it.
#[derive(Default)]
pub struct Asked<'command> {
    pub name: &'command str,
    pub run_dates: Option<&'command Vec<String>>,
    pub from: Option<&'command String>,
    pub to: Option<&'command String>,
    /// `None`: that of a backfill.
    pub run_mode: Option<&'command str>,
    pub choose: Option<&'command Vec<String>>,
    pub only_gaps: bool,
    pub downstream: bool,
}

/// Its steps in their order, and for machines the token of them.
pub async fn show(client: &Client, asked: &Asked<'_>, output: Output) -> Result<()> {
    let parameters: [&dyn Parameter; 8] = [
        &asked.name,
        &asked.run_dates,
        &asked.from,
        &asked.to,
        &asked.run_mode,
        &asked.choose,
        &asked.only_gaps,
        &asked.downstream,
    ];
    let mut steps = records(&client.call(include_str!("preview.sql"), &parameters).await?)?;
    // One row says the token where there is nothing to do.
    let token = steps.first().map(|row| row["token"].clone());
    steps.retain(|row| !row["step"].is_null());
    steps.iter_mut().for_each(|row| {
        row.shift_remove("token");
    });
    if output.json {
        output.message("", json!({ "token": token, "steps": steps }));
        return Ok(());
    }
    output.rows(&steps, "nothing to do");
    output.note("Dry run: this is what it would do; nothing is changed.");
    Ok(())
}
