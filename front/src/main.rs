//! `dfa`: the command that operators and scripts use.

mod catalog_set;
mod cli;
mod db;
mod failure;
mod load;
mod output;
mod settings;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    cli::run().await
}
