//! A server whose backends are killed (-9) while they work, at points spread over the time that the work takes.

use crate::session::Session;
use dfa_tests::{signal, Cluster};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A cluster of its own, since a killed backend takes all sessions of its server with it.
pub struct Victim {
    cluster: Cluster,
    pub session: Session,
    /// What the work takes when nobody disturbs it.
    undisturbed: Duration,
    died: u32,
}

impl Victim {
    /// A database in which `catalog` is loaded and set up, watermarks at 2021-01-01.
    pub fn with(catalog: &str) -> Victim {
        let cluster = Cluster::start(&["fsync=off", "restart_after_crash=on", "autovacuum=off"]);
        let mut session = Session::on(&cluster, "killed");
        session.load(catalog);
        session.set_up();
        Victim { cluster, session, undisturbed: Duration::ZERO, died: 0 }
    }

    /// Does `work` to its end, and remembers how long it takes.
    pub fn measure(&mut self, work: &str) {
        let started = Instant::now();
        self.session.run(work);
        self.undisturbed = self.undisturbed.max(started.elapsed());
    }

    /// Kills the backend in the `kill`-th of `kills` parts of the time that `work` takes; says whether it was done before.
    pub fn kill_during(&mut self, work: &str, kill: u32, kills: u32) -> bool {
        let pid = self.session.pid().parse().expect("a process id");
        let before = self.starts();
        let mut session =
            std::mem::replace(&mut self.session, Session::reach(&self.cluster, "killed").expect("a server"));
        let started = Instant::now();
        let work = work.to_owned();
        let run = std::thread::spawn(move || {
            let done = session.try_rows(&work).is_ok().then(|| started.elapsed());
            // Its session goes back to whoever waits, so that there is a backend to kill even when it has ended.
            (done, session)
        });
        let nanos = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").subsec_nanos();
        let point =
            self.undisturbed.mul_f64((f64::from(kill) + f64::from(nanos % 1000) / 1000.0) / f64::from(kills));
        while started.elapsed() < point {
            std::hint::spin_loop();
        }
        signal("KILL", pid);
        let (done, _gone) = run.join().expect("the thread ends");
        match done {
            // It was quicker than the measured one; what is killed next takes no longer than it.
            Some(took) => self.undisturbed = self.undisturbed.min(took),
            None => self.died += 1,
        }
        self.recover(before);
        done.is_some()
    }

    /// Most of the kills hit a backend that was working; else the test has shown little.
    pub fn assert_most_died(&self, kills: u32) {
        assert!(self.died > kills / 2, "only {} of {kills} were killed while they worked", self.died);
    }

    /// How often the server has come up.
    fn starts(&self) -> usize {
        self.cluster.log().matches("ready to accept connections").count()
    }

    fn recover(&mut self, before: usize) {
        let started = Instant::now();
        while self.starts() <= before {
            assert!(started.elapsed() < dfa_tests::DEADLINE, "it does not recover: {}", self.cluster.log());
            std::thread::yield_now();
        }
        self.session = Session::reach(&self.cluster, "killed").expect("the server is up again");
    }
}
