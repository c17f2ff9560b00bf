//! A reader who follows a document: files, statements and commands, each as it is written.

use super::markdown::{blocks, Block, Kind};
use super::steady::same;
use dfa_tests::{free_port, start_listening, Cluster};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

/// Where documents say that the service listens.
const ADDRESS: &str = "127.0.0.1:5000";

/// Slots of the pipelines in the documents, and those of the other half of the day.
const SLOTS: [(&str, &str); 3] =
    [("_at_05_00", "_at_17_00"), ("_at_05_30", "_at_17_30"), ("_at_06_00", "_at_18_00")];

/// A slot that came while a document is followed would start what the document does not speak of. No server has a clock that
/// one can stop, so from an hour before the slots of the documents on they are those of the other half of the day.
fn slots() -> &'static [(&'static str, &'static str)] {
    static FOLLOWED: OnceLock<&[(&str, &str)]> = OnceLock::new();
    FOLLOWED.get_or_init(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() % 86_400;
        if (4 * 3600..6 * 3600 + 60).contains(&now) {
            &SLOTS
        } else {
            &[]
        }
    })
}

/// The reader's folder, environment and service.
pub struct Reader {
    /// Has `work`, where the reader is at the beginning, and `state`, the variables of the reader's shell.
    place: tempfile::TempDir,
    service: Option<Running>,
    address: String,
}

/// What became of a document.
pub struct Followed {
    /// With what its commands print now.
    pub text: String,
    /// What it shows wrongly.
    pub differences: Vec<String>,
}

/// A service that ends with its reader.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Reader {
    /// One with an empty folder and a database.
    pub fn new(database: &str) -> Reader {
        let place = tempfile::tempdir().unwrap();
        std::fs::create_dir(place.path().join("work")).unwrap();
        let reader = Reader { place, service: None, address: ADDRESS.to_owned() };
        reader.export(Cluster::shared().existing_database(database).env());
        reader
    }

    /// One who has what another has, and a copy of that database.
    pub fn after(other: &Reader, database: &str) -> Reader {
        let reader = Reader::new(database);
        let copied = Command::new("cp").arg("-a").args([other.folder(), reader.place.path().into()]).status();
        assert!(copied.is_ok_and(|status| status.success()));
        reader
    }

    /// Where files are.
    pub fn folder(&self) -> PathBuf {
        self.place.path().join("work")
    }

    /// The database of the reader's shell.
    pub fn database(&self) -> String {
        self.run("echo \"$PGDATABASE\"", false).trim_end().to_owned()
    }

    /// Does what the document says, and tells what it shows otherwise.
    ///
    /// # Panics
    /// When a command fails.
    pub fn follow(&mut self, text: &str) -> Followed {
        let lines: Vec<&str> = text.lines().collect();
        let mut followed = Followed { text: String::new(), differences: Vec::new() };
        let mut written = 0;
        for block in blocks(&lines).iter().filter(|block| block.not_run.is_none()) {
            let body = &lines[block.body.clone()];
            let (range, now) = match &block.kind {
                Kind::Text => continue,
                Kind::File(path) => {
                    self.write(path, body);
                    continue;
                }
                Kind::Console => (block.body.clone(), self.console(body, block)),
                Kind::Sql | Kind::Shell => {
                    let printed = self.script(body, block);
                    let Some(shown) = &block.shown else { continue };
                    (shown.clone(), printed)
                }
            };
            let (shown, now) = (&lines[range.clone()], now.lines().collect::<Vec<_>>());
            if !same(shown, &now) {
                followed.copy(&lines[written..range.start]);
                followed.copy(&now);
                written = range.end;
                let place = range.start;
                let (shown, now) = (shown.join("\n"), now.join("\n"));
                followed.differences.push(format!("line {place} shows\n{shown}\nand it is\n{now}\n"));
            }
        }
        followed.copy(&lines[written..]);
        followed
    }

    /// Ends the service, so that nobody is in the database.
    pub fn stop(&mut self) {
        self.service = None;
    }

    fn write(&self, path: &str, lines: &[&str]) {
        let path = self.folder().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = slots().iter().fold(lines.join("\n"), |text, (shown, now)| text.replace(shown, now));
        std::fs::write(path, text + "\n").unwrap();
    }

    /// Commands behind `$`, and what each prints; `>` goes on with the line before.
    fn console(&self, lines: &[&str], block: &Block) -> String {
        let mut now = String::new();
        let mut lines = lines.iter().peekable();
        while let Some(line) = lines.next() {
            let Some(command) = line.strip_prefix("$ ") else { continue };
            let _ = writeln!(now, "{line}");
            let mut command = command.to_owned();
            while let Some(more) = lines.next_if(|line| line.starts_with("> ")) {
                let _ = writeln!(now, "{more}");
                command = format!("{command}\n{}", &more[2..]);
            }
            let is_last = !lines.clone().any(|line| line.starts_with("$ "));
            now.push_str(&self.run(&command, block.fails && is_last));
        }
        now
    }

    fn script(&mut self, lines: &[&str], block: &Block) -> String {
        if let ([line], Kind::Shell) = (lines, &block.kind) {
            if line.split_whitespace().take(2).eq(["dfa", "run"]) {
                self.serve(line);
                return String::new();
            }
        }
        let script = lines.join("\n");
        let script = match block.kind {
            Kind::Sql => format!("psql -X -q -v ON_ERROR_STOP=1 <<'psql:end'\n{script}\npsql:end"),
            _ => script,
        };
        self.run(&script, block.fails)
    }

    /// Starts the service, as in another terminal, at a port that is free.
    fn serve(&mut self, line: &str) {
        let port = free_port();
        let mut command = self.shell(&format!("exec {line} --port {port}"));
        command.stdin(Stdio::null()).stdout(Stdio::null());
        self.service = Some(Running(start_listening(&mut command, port)));
        self.address = format!("127.0.0.1:{port}");
    }

    /// Runs a script in the reader's shell, whose variables and folder it may change; both outputs, as they came.
    fn run(&self, script: &str, fails: bool) -> String {
        let script = script.replace(ADDRESS, &self.address);
        let script = slots().iter().fold(script, |text, (shown, now)| text.replace(shown, now));
        let kept = "export -p >\"$STATE\"; printf 'cd %s\\n' \"$PWD\" >>\"$STATE\"";
        let output = self.shell(&format!("exec 2>&1\nset -e\n{script}\n{kept}")).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).replace(&self.address, ADDRESS);
        let text = slots().iter().fold(text, |text, (shown, now)| text.replace(now, shown));
        assert_eq!(output.status.success(), !fails, "{} of:\n{script}\n{text}", output.status);
        let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
        lines.iter().fold(String::new(), |text, line| text + line + "\n")
    }

    fn shell(&self, script: &str) -> Command {
        let state = self.place.path().join("state");
        let mut command = Command::new("sh");
        command.args(["-c", &format!(". \"$STATE\"\n{script}")]);
        command.env_clear().env("STATE", state).env("PATH", dfa_tests::readers_path());
        command.current_dir(self.folder());
        command
    }

    /// Adds to the variables of the reader's shell.
    fn export(&self, variables: Vec<(&str, String)>) {
        let state = self.place.path().join("state");
        let lines = variables.iter().map(|(name, value)| format!("export {name}='{value}'\n"));
        let steady = "export LC_ALL=C.UTF-8 TZ=UTC PAGER=\n".to_owned();
        std::fs::write(state, lines.chain([steady]).collect::<String>()).unwrap();
    }
}

impl Followed {
    fn copy(&mut self, lines: &[&str]) {
        for line in lines {
            let _ = writeln!(self.text, "{line}");
        }
    }
}

/// The path of a document in the repository.
pub fn document(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(name)
}
