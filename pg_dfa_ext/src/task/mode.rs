//! The arguments of a run, checked where they enter.

use crate::error::{DfaError, Result};

/// common: incremental, checked against the watermark. rerun: a date again, unchecked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunMode {
    Common,
    Rerun,
}

impl RunMode {
    pub fn parse(text: &str) -> Result<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "common" => Ok(RunMode::Common),
            "rerun" => Ok(RunMode::Rerun),
            _ => Err(DfaError::InvalidArgument {
                argument: "run_mode",
                value: text.to_owned(),
                allowed: "run_mode is common or rerun.".to_owned(),
            }),
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            RunMode::Common => "common",
            RunMode::Rerun => "rerun",
        }
    }
}

/// How the steps of a task run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Common,
    Rerun,
    /// Of a backfill: common where the watermark allows it, rerun before it.
    Auto,
}

impl Mode {
    pub fn parse(text: &str) -> Result<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "common" => Ok(Mode::Common),
            "rerun" => Ok(Mode::Rerun),
            "auto" => Ok(Mode::Auto),
            _ => Err(DfaError::InvalidArgument {
                argument: "run_mode",
                value: text.to_owned(),
                allowed: "run_mode is common or rerun; auto is what the watermark allows.".to_owned(),
            }),
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Mode::Common => "common",
            Mode::Rerun => "rerun",
            Mode::Auto => "auto",
        }
    }
}
