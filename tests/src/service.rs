//! The service, `dfa run`, as a process of its own.

use crate::command;
use crate::database::Database;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use ureq::http::{Request, Response};
use ureq::{Agent, AsSendBody, Body};

/// The key of every service under test.
pub const KEY: &str = "test-key-of-the-api";

/// A running service, stopped when it is dropped.
#[derive(Debug)]
pub struct Service {
    child: Child,
    url: String,
    log: Arc<Mutex<Vec<Value>>>,
    agent: Agent,
}

/// What a request was answered.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub text: String,
}

impl Service {
    /// Starts the service of a database at a free port.
    pub fn start(database: &Database) -> Service {
        Service::start_with(database, &[], &[])
    }

    /// [`Service::start`] with more environment variables, which win, and more arguments.
    ///
    /// # Panics
    /// When it does not come to listen.
    pub fn start_with(database: &Database, environment: &[(&str, &str)], arguments: &[&str]) -> Service {
        Service::start_at(database, environment, arguments, 0)
    }

    /// [`Service::start_with`] at a port, such as that of a service that has gone.
    ///
    /// # Panics
    /// When it does not come to listen.
    pub fn start_at(
        database: &Database,
        environment: &[(&str, &str)],
        arguments: &[&str],
        port: u16,
    ) -> Service {
        let mut command = command_of(database, environment);
        command.args(["--port", &port.to_string()]).args(arguments).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let stdout = child.stdout.take().expect("stdout is piped");
        let log = Arc::new(Mutex::new(Vec::new()));
        let (told, address) = std::sync::mpsc::channel();
        let lines = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let event: Value = serde_json::from_str(&line).unwrap_or(Value::String(line));
                if event["message"] == "serving" {
                    let _ = told.send(event["address"].as_str().unwrap_or_default().to_owned());
                }
                lines.lock().expect("no reader panics").push(event);
            }
        });
        let address = address
            .recv_timeout(crate::DEADLINE)
            .unwrap_or_else(|_| panic!("the service does not listen: {log:?}"));
        Service { child, url: format!("http://{address}"), log, agent: agent() }
    }

    /// [`Service::start`] with a log that goes to a file: for so many requests that reading it would be work.
    ///
    /// # Panics
    /// When it does not come to listen.
    pub fn start_with_log_file(database: &Database, environment: &[(&str, &str)], file: &Path) -> Service {
        let port = crate::free_port();
        let log = std::fs::File::create(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let mut command = command_of(database, environment);
        command.args(["--port", &port.to_string()]).stdout(log);
        let child = crate::start_listening(&mut command, port);
        Service { child, url: format!("http://127.0.0.1:{port}"), log: Arc::default(), agent: agent() }
    }

    /// Its address and a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The lines of its log so far.
    pub fn log(&self) -> Vec<Value> {
        self.log.lock().expect("no writer panics").clone()
    }

    /// GET with the key.
    pub fn get(&self, path: &str) -> Reply {
        self.send(Request::get(self.url(path)).header("APIKEY", KEY).body(()).expect("a request"))
    }

    /// POST of an urlencoded form with the key.
    pub fn post(&self, path: &str, form: &str) -> Reply {
        self.post_as(path, "application/x-www-form-urlencoded", &[], form.as_bytes())
    }

    /// POST of any body with the key and more headers.
    pub fn post_as(&self, path: &str, kind: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        self.request("POST", path, kind, headers, body)
    }

    /// A request of any method with the key.
    pub fn request(
        &self,
        method: &str,
        path: &str,
        kind: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(self.url(path)).header("APIKEY", KEY);
        if !kind.is_empty() {
            request = request.header("Content-Type", kind);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body).expect("a request"))
    }

    /// A request as it is.
    ///
    /// # Panics
    /// When it is not answered at all.
    pub fn send(&self, request: Request<impl AsSendBody>) -> Reply {
        Reply::of(self.agent.run(request).unwrap_or_else(|error| panic!("no answer: {error}")))
    }

    /// A request as it is, whose answer is not followed when it leads elsewhere.
    ///
    /// # Panics
    /// When it is not answered at all.
    pub fn send_once(&self, request: Request<impl AsSendBody>) -> Reply {
        let request = self.agent.configure_request(request);
        let request = request.max_redirects(0).max_redirects_will_error(false).build();
        self.send(request)
    }

    /// Sends a signal to the process.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.pid().to_string()]).status();
        assert!(status.is_ok_and(|status| status.success()), "kill {name}");
    }

    /// Waits for the end of the process; gives its exit code, -1 after a signal.
    pub fn wait(&mut self) -> i32 {
        self.child.wait().expect("a child").code().unwrap_or(-1)
    }

    /// Looks again and again until something is so; fails after a deadline.
    pub fn until(&self, what: &str, mut so: impl FnMut(&Service) -> bool) {
        let started = Instant::now();
        while !so(self) {
            assert!(started.elapsed() < crate::DEADLINE, "it never came to: {what}");
            std::thread::yield_now();
        }
    }
}

fn command_of(database: &Database, environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(command::binary());
    command.arg("run").env_clear().envs(database.env()).env("APIKEY", KEY).envs(environment.iter().copied());
    command.current_dir("/").stdin(Stdio::null()).stderr(Stdio::inherit());
    command
}

fn agent() -> Agent {
    Agent::config_builder().http_status_as_error(false).timeout_global(Some(crate::DEADLINE)).build().into()
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Reply {
    fn of(response: Response<Body>) -> Reply {
        let (parts, mut body) = response.into_parts();
        let text = body.read_to_string().unwrap_or_else(|error| panic!("the answer is cut off: {error}"));
        Reply { status: parts.status.as_u16(), headers: parts.headers, text }
    }

    /// The document of the answer.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in: {}", self.text))
    }

    pub fn message(&self) -> String {
        self.json()["message"].as_str().unwrap_or_default().to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Fails the test unless it has this status; shows the answer then.
    pub fn assert_status(&self, status: u16) -> &Reply {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// Fails the test unless it is an error of RFC 9457 with this status, whose text has each of these words.
    pub fn assert_problem(&self, status: u16, words: &[&str]) -> &Reply {
        self.assert_status(status);
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        let body = self.json();
        assert_eq!(body["status"], status);
        for member in ["message", "type", "title", "detail"] {
            assert!(body[member].is_string(), "{member} is not in: {body}");
        }
        for word in words {
            assert!(self.text.contains(word), "'{word}' is not in: {}", self.text);
        }
        self
    }
}
