//! `dfa run`

use super::init;
use crate::failure::Result;
use crate::output::Output;
use crate::settings::Settings;
use std::io::{IsTerminal, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use tracing_subscriber::EnvFilter;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Settings of the service: APIKEY (several separated by commas), APP_ENV, DFA_POOL_SIZE, DFA_RATE_LIMIT,
DFA_RATE_LIMIT_ADDRESS, DFA_TRUSTED_PROXIES, DFA_DRAIN_SECONDS, DFA_SHUTDOWN_SECONDS,
DFA_MAX_BODY_MB, DFA_INSECURE_SIGN_IN.

Examples:
  APIKEY=$(openssl rand -hex 24) dfa run --host 0.0.0.0
  dfa run --debug --recreated")]
pub struct Arguments {
    /// REST alone: no pages.
    #[arg(long)]
    api: bool,
    /// Readable, verbose logs instead of JSON.
    #[arg(long)]
    debug: bool,
    /// First create the extension, load the catalogs of DFA_CATALOG_DIR and set everything up.
    #[arg(long)]
    recreated: bool,
    /// With --recreated: start with what is sound of the catalogs, and log what is not.
    #[arg(long, requires = "recreated")]
    keep_going: bool,
    /// Address to listen at; beyond 127.0.0.1 only with APIKEY.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Port to listen at; 0 takes a free one, which the log tells.
    #[arg(long, default_value_t = 5000)]
    port: u16,
}

pub async fn run(arguments: Arguments, settings: Settings) -> Result<()> {
    start_log(arguments.debug);
    if arguments.recreated {
        init::everything(&settings, arguments.keep_going, Output { json: true }).await?;
    }
    crate::serve::serve(settings, SocketAddr::new(arguments.host, arguments.port), !arguments.api).await
}

/// JSON on stdout, a line for each event; for people in colours, where a terminal shows them; RUST_LOG chooses other targets and levels.
fn start_log(debug: bool) {
    let filter =
        |default: &str| EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    if debug {
        tracing_subscriber::fmt()
            .with_writer(|| Stdout)
            .with_ansi(std::io::stdout().is_terminal())
            .with_env_filter(filter("info,dfa=debug"))
            .init();
    } else {
        tracing_subscriber::fmt()
            .with_writer(|| Stdout)
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .with_env_filter(filter("info"))
            .init();
    }
}

/// Where the log goes. When nobody reads it any more, its lines are lost, and nothing else is: whoever writes one is not told,
/// since there would be nowhere to tell it, and a task that fails at that takes its request, or the stop of the service, along.
struct Stdout;

impl Write for Stdout {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        let _ = std::io::stdout().write_all(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let _ = std::io::stdout().flush();
        Ok(())
    }
}
