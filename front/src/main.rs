//! `dfa`: the command that operators and scripts use, and the service.

mod catalog_set;
mod cli;
mod clock;
mod db;
mod failure;
mod http;
mod load;
mod output;
mod settings;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    cli::run().await
}
