//! What is wrong with a catalog, and where.

use std::fmt;

/// Whether a finding stops the load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    Error,
    Warning,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub severity: Severity,
    /// The file, or the label that the caller gave.
    pub source: String,
    /// From 1; 0 when the definition was not read from a file.
    pub line: usize,
    /// From 1, in characters; 0 when unknown.
    pub column: usize,
    /// Name of the definition.
    pub definition: Option<String>,
    /// Dotted path below the definition, for example `create.features.amount`.
    pub key: Option<String>,
    pub message: String,
    /// The next step.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// `update.p1.statement: message (hint)`, of a definition that one knows.
    pub fn without_place(&self) -> String {
        let key = self.key.as_ref().map_or(String::new(), |key| format!("{key}: "));
        let hint = self.hint.as_ref().map_or(String::new(), |hint| format!(" ({hint})"));
        format!("{key}{}{hint}", self.message)
    }
}

impl fmt::Display for Diagnostic {
    /// `file.yaml:12:5: error: ai_x: update.p1.statement: message (hint)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{}:{}:{}: {severity}: ", self.source, self.line, self.column)?;
        for place in [&self.definition, &self.key].into_iter().flatten() {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}
