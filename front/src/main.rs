//! `dfa`: the command that operators and scripts use, and the service.

mod catalog_set;
mod cli;
mod clock;
mod dataframe;
mod db;
mod export;
mod failure;
mod hint;
mod http;
mod import;
mod landing;
mod load;
mod malformed;
#[cfg(test)]
mod nearly;
mod notify;
mod output;
mod problem;
mod read;
mod serve;
mod settings;
mod user;
mod web;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    cli::run().await
}
