//! What fills a table.

use super::Script;

/// One step that fills a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Process {
    pub name: String,
    pub priority: f64,
    pub action: Action,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    Sql(Script),
    /// `load` selects the input, `function` transforms it, `save` gets it as `{function_value}`.
    DataFrame {
        function: String,
        /// Parameters that the process gives itself, as texts; they go before those of the parameter table.
        arguments: Vec<(String, String)>,
        load: Script,
        save: Script,
    },
}

impl Process {
    /// It takes whole intervals: `{interval_start}` or `{interval_end}` says which rows.
    pub fn takes_intervals(&self) -> bool {
        let mut scripts = self.scripts();
        scripts.any(|script| script.uses("interval_start") || script.uses("interval_end"))
    }

    /// Which rows it takes depends on no date of the run.
    pub fn takes_everything(&self) -> bool {
        self.scripts().all(|script| !script.uses("run_date") && !script.uses("data_date"))
    }

    pub fn scripts(&self) -> impl Iterator<Item = &Script> {
        match &self.action {
            Action::Sql(script) => [Some(script), None],
            Action::DataFrame { load, save, .. } => [Some(load), Some(save)],
        }
        .into_iter()
        .flatten()
    }
}
