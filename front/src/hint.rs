//! What to do next, at a terminal: the database speaks to who writes SQL, and says how to go on by SQL.

/// What a hint says to do by SQL, as commands; the first of these that the hint has is meant.
const COMMANDS: [(&str, &str); 12] = [
    ("if_preview", "Nothing was changed. Ask again: what there is to do is another by now."),
    ("dfa.unpause('all')", "`dfa unpause all` ends the pause."),
    ("dfa.resume", "`dfa task resume id=PROCESS_ID` does what is left."),
    ("move_schema", "Take a database of its own for each environment; or leave AI_SCHEMA out."),
    ("dfa.setup(", "`dfa init` sets up what is missing."),
    (" dfa.catalog ", "`dfa pipeline list` has the pipelines, `dfa freshness` the tables."),
    ("dfa.task_process", "`dfa task list` has the latest tasks."),
    (
        "allow_destructive",
        "Nothing was changed. --allow-destructive allows it; `dfa migrate --plan` shows all changes.",
    ),
    (
        "dfa.validate_catalog",
        "Nothing was stored. `dfa catalog check DIR` finds the same without a database.",
    ),
    ("dfa.api_key", "`dfa key list` has all."),
    ("dfa.note_now", "`dfa note list` has all."),
    (" dfa.file ", "`dfa files list --wrong` has those that are refused or have changed."),
];

/// A hint of the database for who works with the command; one that no command does stays as it is, for psql.
pub fn at_a_terminal(said: &str) -> String {
    if let Some(text) = backfill(said) {
        return text;
    }
    match COMMANDS.iter().find(|(sql, _)| said.contains(sql)) {
        Some((_, command)) => (*command).to_owned(),
        None => said.to_owned(),
    }
}

/// A run before the watermark, which names table, date and watermark.
fn backfill(said: &str) -> Option<String> {
    let call = said.split_once("dfa.backfill(")?.1.split_once(')')?.0;
    let mut given = call.split('\'').skip(1).step_by(2);
    let (table, from, to) = (given.next()?, given.next()?, given.next()?);
    Some(format!(
        "`dfa pipeline rerun {table} --run-date {from}` takes that date alone, `dfa pipeline backfill {table} --from {from} --to {to}` \
         all days since; a run of {to} or later goes on from data_date."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_done_by_sql_is_a_command_at_a_terminal() {
        let paused = at_a_terminal("Try again later; SELECT dfa.unpause('all') ends the pause.");
        assert_eq!(paused, "`dfa unpause all` ends the pause.");
        let early = at_a_terminal(
            "run_mode => 'rerun' (auto chooses it) takes 2021-01-02 alone, SELECT dfa.backfill('ai_x', '2021-01-02', '2021-01-09') all days since; a run of 2021-01-09 or later goes on from data_date.",
        );
        assert!(early.contains("dfa pipeline backfill ai_x --from 2021-01-02 --to 2021-01-09"), "{early}");
        assert_eq!(at_a_terminal("Did you mean 'ai_x'?"), "Did you mean 'ai_x'?");
        for (_, command) in COMMANDS {
            assert!(!["SELECT ", "dfa.", "=> "].iter().any(|sql| command.contains(sql)), "{command}");
        }
    }
}
