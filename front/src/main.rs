//! `dfa`: the command that operators and scripts use, and the service.

mod audit_list;
mod catalog_set;
mod cli;
mod clock;
mod dataframe;
mod db;
mod failure;
mod http;
mod load;
mod output;
mod read;
mod settings;
mod task_list;
mod user;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    cli::run().await
}
