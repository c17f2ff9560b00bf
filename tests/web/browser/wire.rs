//! The debugging pipe: JSON messages that end with a zero byte, answers by number, events by session.

use serde_json::{json, Value};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout};
use std::sync::mpsc::{channel, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// However long it takes on a busy machine, it does not take this long.
pub const DEADLINE: Duration = Duration::from_secs(120);

type Answers = Arc<Mutex<HashMap<u64, Sender<Value>>>>;
type Listeners = Arc<Mutex<HashMap<String, Sender<Value>>>>;

pub struct Wire {
    input: Mutex<(ChildStdin, u64)>,
    answers: Answers,
    listeners: Listeners,
}

impl Wire {
    pub fn new(input: ChildStdin, output: ChildStdout) -> Wire {
        let (answers, listeners) = (Answers::default(), Listeners::default());
        let (to_answers, to_listeners) = (Arc::clone(&answers), Arc::clone(&listeners));
        std::thread::spawn(move || {
            let messages = BufReader::new(output).split(0).map_while(Result::ok);
            for message in messages.filter_map(|text| serde_json::from_slice::<Value>(&text).ok()) {
                match message["id"].as_u64() {
                    Some(number) => {
                        let waiting = to_answers.lock().expect("no panic").remove(&number);
                        waiting.map(|waiting| waiting.send(message));
                    }
                    None => {
                        let session = message["sessionId"].as_str().unwrap_or_default();
                        if let Some(listener) = to_listeners.lock().expect("no panic").get(session) {
                            let _ = listener.send(message);
                        }
                    }
                }
            }
            // The browser has ended: nobody waits for it in vain.
            to_answers.lock().expect("no panic").clear();
        });
        Wire { input: Mutex::new((input, 0)), answers, listeners }
    }

    /// The events of a session, from now on.
    pub fn listen(&self, session: &str) -> Receiver<Value> {
        let (sender, receiver) = channel();
        self.listeners.lock().expect("no panic").insert(session.to_owned(), sender);
        receiver
    }

    /// The result of a command.
    ///
    /// # Panics
    /// When the browser refuses it or does not answer.
    pub fn call(&self, session: Option<&str>, method: &str, parameters: Value) -> Value {
        let answer = self.try_call(session, method, parameters.clone());
        let answer = answer.unwrap_or_else(|| panic!("the browser does not answer to {method} {parameters}"));
        assert!(answer["error"].is_null(), "{method} {parameters}: {}", answer["error"]);
        answer["result"].clone()
    }

    /// The whole answer to a command; none when the browser is gone.
    pub fn try_call(&self, session: Option<&str>, method: &str, parameters: Value) -> Option<Value> {
        let (sender, receiver) = channel();
        let mut input = self.input.lock().expect("no panic");
        input.1 += 1;
        let number = input.1;
        let mut message = json!({ "id": number, "method": method, "params": parameters });
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        self.answers.lock().expect("no panic").insert(number, sender);
        let mut text = message.to_string().into_bytes();
        text.push(0);
        input.0.write_all(&text).ok()?;
        drop(input);
        receiver.recv_timeout(DEADLINE).ok()
    }
}
