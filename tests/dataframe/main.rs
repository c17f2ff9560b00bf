//! DataFrame steps from the task to the rows: an extension, a service, and what may happen to either.

// A test that cannot go on stops with what was wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod crash;
mod functions;
mod life;
// Of the suite of the service, which asks more of it.
#[allow(dead_code)]
#[path = "../http/pooler.rs"]
mod pooler;
mod privileges;
mod refused;
mod sql;

use dfa_tests::{Service, Session};

/// A table that a DataFrame process fills: its features, function and arguments, the query of its load, its save.
struct Frame<'f> {
    features: &'f str,
    function: &'f str,
    load: &'f str,
    save: &'f str,
}

impl Frame<'_> {
    /// The catalog of a table `ai_t` with this process `p`.
    fn catalog(&self) -> String {
        let Frame { features, function, load, save } = self;
        format!(
            "ai_t:
  create: {{features: {{{features}}}}}
  update:
    p:
      {function}
      load: {{parameter: [run_date], statement: \"{load}\"}}
      save: {{statement: \"{save}\"}}
"
        )
    }

    /// Loaded, set up, and run by a service; the session afterwards.
    fn ran(&self) -> (Session, Service) {
        let mut session = Session::with(&self.catalog());
        let service = Service::start(&session.database);
        let state = run(&mut session, "ai_t");
        let failure = session.value("select coalesce(message, '') from dfa.task_step");
        assert_eq!(state, "0", "{failure}");
        (session, service)
    }
}

/// Submits a run and waits for its end; gives the status.
fn run(session: &mut Session, name: &str) -> String {
    let id = session.value(&format!("select dfa.submit('data', '{name}', '{{2021-01-02}}')"));
    ended(session, &id)
}

fn ended(session: &mut Session, id: &str) -> String {
    session.value(&format!("select dfa.wait('{id}', '120 s')"))
}
