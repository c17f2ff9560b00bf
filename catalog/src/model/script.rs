//! Statements, and where a definition has them.

use super::{Action, Audit, AuditCheck, Body, Definition, Initial, Place, Process, Table};

impl Script {
    pub(super) fn uses(&self, parameter: &str) -> bool {
        let placeholder = format!("{{{parameter}}}");
        self.statements.iter().any(|statement| statement.contains(&placeholder))
    }
}

/// Statements in the order in which they run, each whole, without its `;`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script {
    pub place: Place,
    /// The placeholders that the statements may use, beside the three that are always there.
    pub parameters: Vec<String>,
    pub statements: Vec<String>,
}

impl Definition {
    /// Each script with the key that leads to it, as messages name it.
    pub fn scripts(&self) -> Vec<(String, &Script)> {
        match &self.body {
            Body::Table(table) => table.scripts(),
            Body::Function(routine) | Body::View(routine) | Body::Query(routine) => {
                vec![("create".to_owned(), &routine.script)]
            }
            Body::Pipeline(_) => Vec::new(),
        }
    }
}

impl Table {
    /// Of its processes, its first rows and its tests.
    fn scripts(&self) -> Vec<(String, &Script)> {
        let processes = self.processes.iter().flat_map(of_process);
        let initial = match &self.initial {
            Some(Initial::Statement(script)) => Some(("initial".to_owned(), script)),
            _ => None,
        };
        processes.chain(initial).chain(self.tests.iter().filter_map(of_test)).collect()
    }
}

fn of_process(process: &Process) -> Vec<(String, &Script)> {
    let key = format!("process '{}'", process.name);
    match &process.action {
        Action::Sql(script) => vec![(key, script)],
        Action::DataFrame { load, save, .. } => {
            vec![(format!("load of {key}"), load), (format!("save of {key}"), save)]
        }
    }
}

fn of_test(audit: &Audit) -> Option<(String, &Script)> {
    match &audit.check {
        AuditCheck::Select(script) => Some((format!("test '{}'", audit.name), script)),
        _ => None,
    }
}
