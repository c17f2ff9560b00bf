//! A real browser, Debian's Chromium, told what to do over its debugging pipe: a test is a sequence, and needs neither
//! Node.js nor a driver.

mod page;
mod wire;

pub use page::{Page, View};

use serde_json::{json, Value};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use wire::Wire;

/// Debian's program, or another one that environment variable `CHROMIUM` names.
fn program() -> String {
    std::env::var("CHROMIUM").unwrap_or_else(|_| "chromium".to_owned())
}

const FLAGS: [&str; 16] = [
    "--headless=new",
    // Tests run as root, too; nothing but our own pages is opened.
    "--no-sandbox",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    // A tab that is not in front is looked at all the same.
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    "--font-render-hinting=none",
];

/// The browser of this test process; each page has cookies of its own.
pub struct Browser {
    wire: Wire,
    _process: Mutex<Child>,
}

impl Browser {
    /// Started when it is first asked for.
    ///
    /// # Panics
    /// When there is no Chromium, saying what to install.
    pub fn shared() -> &'static Browser {
        static SHARED: OnceLock<Browser> = OnceLock::new();
        SHARED.get_or_init(Browser::start)
    }

    fn start() -> Browser {
        let profile = tempfile::Builder::new().prefix("dfa-browser-").tempdir();
        let profile = profile.expect("a temporary folder").keep();
        // The pipe of the browser is its files 3 and 4. It ends when this process does, and its folder goes then.
        let line = "\"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1; rm -rf \"$HOME\"";
        let mut command = Command::new("sh");
        command.args(["-c", line, &program()]).args(FLAGS);
        command.arg(format!("--user-data-dir={}", profile.display())).arg("about:blank");
        command.env("HOME", &profile).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("a shell");
        let (input, output) = (process.stdin.take().expect("piped"), process.stdout.take().expect("piped"));
        let wire = Wire::new(input, output);
        let version = wire.try_call(None, "Browser.getVersion", json!({}));
        assert!(
            version.is_some(),
            "there is no browser '{}': apt-get install chromium, or scripts/prerequisites.sh tests",
            program()
        );
        Browser { wire, _process: Mutex::new(process) }
    }

    fn call(&self, method: &str, parameters: Value) -> Value {
        self.wire.call(None, method, parameters)
    }
}
