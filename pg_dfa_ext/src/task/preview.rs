//! What a preview showed, as a token: a call that names it does that and nothing else.

use super::Plan;
use crate::error::{DfaError, Result};
use crate::spi;

/// What is to be done, a line for each part of it; the same lines have the same token.
pub struct Previewed {
    lines: Vec<String>,
}

impl Previewed {
    pub fn new(lines: Vec<String>) -> Previewed {
        Previewed { lines }
    }

    pub fn token(&self) -> Result<String> {
        let token = spi::value::<String>("select md5($1)", &[self.lines.join("\n").into()])?;
        token.ok_or_else(|| DfaError::internal("a text has no md5"))
    }

    /// # Errors
    /// DF015 with what is to be done now, if that is not what the token stands for.
    pub fn check(self, expected: Option<&str>) -> Result<()> {
        let Some(expected) = expected else { return Ok(()) };
        let token = self.token()?;
        if token == expected.trim() {
            return Ok(());
        }
        Err(DfaError::OtherThanPreview { lines: self.lines, token })
    }
}

impl Plan {
    /// Its steps, and where the watermark of each node stands: by that a run is common or a rerun, or is refused.
    pub fn previewed(&self) -> Result<Previewed> {
        let column = |read: &dyn Fn(&super::plan::PlannedStep) -> String| -> Vec<String> {
            self.steps().iter().map(read).collect()
        };
        let lines = spi::values::<String>(
            include_str!("sql/previewed_steps.sql"),
            &[
                column(&|step| step.node.clone()).into(),
                column(&|step| step.run_date.clone()).into(),
                column(&|step| step.chosen.join(", ")).into(),
                self.mode.as_str().into(),
            ],
        )?;
        Ok(Previewed::new(lines))
    }

    /// Refuses to be another one than a preview showed.
    pub fn check_preview(&self, expected: Option<&str>) -> Result<()> {
        match expected {
            None => Ok(()),
            expected => self.previewed()?.check(expected),
        }
    }
}
