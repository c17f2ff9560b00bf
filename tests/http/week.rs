//! A week of forty pipelines with schedules, triggers and lags, in which some fail: what people are told of it, with two replicas
//! and a receiver that dies in between, and what `dfa.why` and freshness say, against what a simple model of the week says.

use crate::mail::MailServer;
use crate::ready;
use dfa_tests::{Cluster, Database, Receiver, Service};
use postgres::Client;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::time::{Duration, Instant};

/// Pipelines that the clock starts; the others wait for one of them each.
const SCHEDULED: usize = 30;
const ALL: usize = 40;
const DAYS: usize = 7;
/// Hours between two ticks.
const STEP: usize = 3;
/// The day on which the receiver of webhooks is dead.
const DEAD: usize = 3;
/// The day on which nobody works from before the first of these hours until after the last: what should have ended is late.
const HELD: usize = 4;
const HELD_HOURS: [usize; 3] = [12, 15, 18];
/// Hours that a slot of some pipelines has; more than lie between two ticks.
const DEADLINE: usize = 4;

fn name(number: usize) -> String {
    format!("p{number:02}")
}

fn has_deadline(number: usize) -> bool {
    number < SCHEDULED && number % 2 == 1
}

/// Minutes of the day at which it begins; midnight is the end of the day before.
fn slot(number: usize) -> usize {
    match (number % 24) * 60 + number {
        0 => 24 * 60,
        minutes => minutes,
    }
}

/// Each divides by zero on the days on which it is broken.
fn catalog() -> String {
    let mut text = String::new();
    for number in 0..ALL {
        let begins = match number {
            // Slots at all hours; some run for the day before.
            0..SCHEDULED => {
                let lag = if number % 3 == 0 { ", lag: 1 day" } else { "" };
                let deadline = if has_deadline(number) {
                    format!(", deadline: {DEADLINE} hours")
                } else {
                    String::new()
                };
                format!("schedule: everyday_at_{:02}_{:02}{lag}{deadline}", number % 24, number)
            }
            _ => format!("trigger: {}", name(number - SCHEDULED)),
        };
        writeln!(
            text,
            "ai_t{number:02}: {{create: {{features: {{n: int}}}}, fresh_within: 1h, update: {{p: {{statement: \
             \"insert into {{ai_schema_name}}.ai_t{number:02} select 1 / (1 - count(*)) from public.broken where name = '{0}'\"}}}}}}\n\
             pipeline:{0}: {{id: {0}, nodes: [ai_t{number:02}], {begins}}}",
            name(number)
        )
        .unwrap();
    }
    text
}

/// The same numbers in every run (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }
}

fn until(what: &str, mut so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !so() {
        assert!(started.elapsed() < dfa_tests::DEADLINE, "it never came to: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// What the simple model knows.
#[derive(Default)]
struct Model {
    failed: BTreeSet<usize>,
    late: BTreeSet<usize>,
    ran: BTreeSet<usize>,
    /// `name state` of each message that everybody gets once.
    told: BTreeMap<String, usize>,
}

impl Model {
    fn run(&mut self, number: usize, broken: &BTreeSet<usize>) {
        let fails = broken.contains(&number);
        let state = match (fails, self.failed.contains(&number)) {
            (true, false) => "opened",
            (false, true) => "recovered",
            _ => "",
        };
        if !state.is_empty() {
            self.tell(number, state);
        }
        if !fails && self.late.remove(&number) {
            self.tell(number, "recovered");
        }
        match fails {
            true => self.failed.insert(number),
            false => self.failed.remove(&number),
        };
        self.ran.insert(number);
    }

    /// Its run has not ended in time.
    fn miss(&mut self, number: usize) {
        self.late.insert(number);
        self.tell(number, "opened");
    }

    fn tell(&mut self, number: usize, state: &str) {
        *self.told.entry(format!("{} {state}", name(number))).or_default() += 1;
    }
}

struct Week {
    database: Database,
    client: Client,
    checks: usize,
    chance: Chance,
}

impl Week {
    fn value(&mut self, sql: &str) -> String {
        let rows = self.client.simple_query(sql).unwrap();
        let row = rows.iter().find_map(|message| match message {
            postgres::SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or("").to_owned()),
            _ => None,
        });
        row.unwrap_or_default()
    }

    /// Ticks at an hour of the week until nothing more begins, and all that began has ended.
    fn tick(&mut self, hours: usize) {
        let at = format!("date_trunc('day', (select begun from public.week)) + {hours} * interval '1 hour'");
        loop {
            let begun = self.value(&format!("select count(*) from dfa.tick({at})"));
            let started = Instant::now();
            while self.value("select count(*) from dfa.task_process where status = 2") != "0" {
                assert!(started.elapsed() < dfa_tests::DEADLINE, "tasks do not end");
                std::thread::sleep(Duration::from_millis(5));
            }
            if begun == "0" {
                return;
            }
        }
    }

    /// Ticks at hours at which nobody works, until what is late then is told; then all of it runs.
    fn hold(&mut self, day: usize, model: &mut Model) {
        self.value("select dfa.pause('worker', 'the server moves')");
        for hours in HELD_HOURS {
            let hours = day * 24 + hours;
            self.value(&format!(
                "select count(*) from dfa.tick(date_trunc('day', (select begun from public.week)) + {hours} * interval '1 hour')"
            ));
        }
        let held = (HELD_HOURS[0] - STEP) * 60..=(HELD_HOURS[2] - DEADLINE) * 60;
        (0..SCHEDULED)
            .filter(|number| has_deadline(*number) && held.contains(&slot(*number)))
            .for_each(|number| model.miss(number));
        let expected = model.late.len().to_string();
        until("what is late", || {
            self.poke();
            self.value("select count(*) from dfa.incident where event = 'late' and closed_at is null")
                == expected
        });
        self.value("select dfa.unpause('worker')");
    }

    /// At a moment at which nothing runs: why a pipeline does not run, and how fresh its table is.
    fn check(&mut self, model: &Model) {
        let number = self.chance.below(ALL);
        let pipeline = name(number);
        let held = self.chance.below(5) == 0;
        if held {
            self.value(&format!("select dfa.pause('{pipeline}', 'a look')"));
        }
        let expected = match number {
            _ if held => "paused",
            _ if model.failed.contains(&number) => "failed",
            0..SCHEDULED => "scheduled",
            _ => "trigger",
        };
        let found = self.value(&format!("select cause || ': ' || sentence from dfa.why('{pipeline}')"));
        assert!(found.starts_with(&format!("{expected}: ")), "{pipeline}: {expected} was expected: {found}");
        if held {
            self.value(&format!("select dfa.unpause('{pipeline}')"));
        }
        // Its last run is long ago, or is not.
        let table = format!("ai_t{number:02}");
        if self.chance.below(3) == 0 {
            self.value(&format!(
                "update dfa.task_step set finished_at = finished_at - interval '2 hours' where node = '{table}'"
            ));
        }
        let state = self.value(&format!("select state from dfa.table_freshness('{table}')"));
        // Behind, and its pipeline waits for another one: that is not its own doing.
        let waits = number >= SCHEDULED && !model.failed.contains(&number);
        let expected = match self.freshness(number, model) {
            "late" | "due" if waits => "blocked",
            state => state,
        };
        assert_eq!(state, expected, "{table}");
        self.checks += 1;
    }

    /// By the rows themselves: late an hour after the last success, due once a slot came after it or a run failed.
    fn freshness(&mut self, number: usize, model: &Model) -> &'static str {
        let seconds = |text: &str| text.parse::<f64>().ok();
        let at = self.value(&format!(
            "select extract(epoch from max(finished_at)) from dfa.task_step where node = 'ai_t{number:02}' and state = 'SUCCESS'"
        ));
        let made = self.value(&format!(
            "select extract(epoch from set_up_at) from dfa.catalog where current and name = 'ai_t{number:02}'"
        ));
        let now: f64 = seconds(&self.value("select extract(epoch from clock_timestamp())")).unwrap();
        let published = seconds(&at);
        if published.or(seconds(&made)).is_some_and(|at| at + 3600.0 < now) {
            return "late";
        }
        let clock = name(if number < SCHEDULED { number } else { number - SCHEDULED });
        let slots = self.value(&format!(
            "select coalesce(string_agg(extract(epoch from slot)::text, ' '), '') from dfa.schedule_slot where pipeline_id = '{clock}'"
        ));
        let next = self.value(&format!(
            "select extract(epoch from next_slot) from dfa.task_schedule where pipeline_id = '{clock}'"
        ));
        let came = slots.split(' ').filter_map(seconds).any(|slot| published.is_none_or(|at| slot > at));
        match came || seconds(&next).is_some_and(|next| next <= now) {
            true => "due",
            // A failed run is a run that is owed.
            false if model.failed.contains(&number) => "due",
            false => "fresh",
        }
    }

    /// Somebody looks for incidents now, not in five seconds.
    fn poke(&mut self) {
        self.value(r#"select pg_notify('dfa_event', '{"event": "poke", "state": "FAILED"}')"#);
    }

    /// Which pipelines have failed, by the incidents that are open.
    fn open(&mut self) -> BTreeSet<usize> {
        let open =
            self.value("select string_agg(substr(name, 2), ' ') from dfa.incident where closed_at is null");
        open.split(' ').filter_map(|number| number.parse().ok()).collect()
    }
}

fn start(name: &str) -> Week {
    let database = Cluster::shared().database(name);
    let mut client = database.connect();
    client
        .batch_execute(
            "create table public.broken (name text primary key);
             create table public.week as select now() + interval '1 day' as begun;
             do $$ begin execute format('alter database %I set dfa.trigger_retries = 0', current_database()); end $$;
             set dfa.trigger_retries = 0",
        )
        .unwrap();
    client.query("select * from dfa.load_catalog($1)", &[&catalog()]).unwrap();
    client.query("select * from dfa.setup(run_date => '2021-01-01')", &[]).unwrap();
    client.batch_execute("update dfa.task_schedule set started_at = now(), update_date = now()").unwrap();
    Week { database, client, checks: 0, chance: Chance(0x2027_0101) }
}

#[test]
fn in_a_week_of_forty_pipelines_each_incident_is_told_once_and_so_is_its_end() {
    let mail = MailServer::start();
    if mail.is_none() {
        eprintln!("SKIPPED: aiosmtpd cannot be had here, so that the week is told by webhook alone");
    }
    let mut week = start("week");
    let mut receiver = Receiver::start();
    let url = format!("smtp://127.0.0.1:{}", mail.as_ref().map_or(0, |mail| mail.port));
    let environment = [("DFA_SMTP_URL", url.as_str()), ("DFA_MAIL_FROM", "dfa@example.org")];
    let replicas = [0, 1].map(|_| Service::start_with(&week.database, &environment, &[]));
    let mut channels = "{hook}";
    week.value(&format!("select dfa.add_channel('hook', 'webhook', '{}')", receiver.url("/")));
    if mail.is_some() {
        week.value("select dfa.add_channel('mail', 'email', 'anna@example.org')");
        channels = "{hook,mail}";
    }
    let mut model = Model::default();
    // The hours until the week begins.
    week.tick(0);
    (0..SCHEDULED).for_each(|number| model.run(number, &BTreeSet::new()));
    (SCHEDULED..ALL).for_each(|number| model.run(number, &BTreeSet::new()));
    week.value(&format!("select dfa.add_rule('week', '{{failed,late}}', '{channels}')"));
    for day in 0..DAYS {
        // On the last day all is well.
        let broken: BTreeSet<usize> = match day + 1 {
            DAYS => BTreeSet::new(),
            _ => (0..6).map(|_| week.chance.below(ALL)).collect(),
        };
        let names: Vec<String> = broken.iter().map(|number| format!("('{}')", name(*number))).collect();
        week.value("delete from public.broken");
        if !names.is_empty() {
            week.value(&format!("insert into public.broken values {}", names.join(",")));
        }
        if day == DEAD {
            receiver.kill();
        }
        let mut before = 0;
        for hours in (STEP..=24).step_by(STEP) {
            if day == HELD && HELD_HOURS.contains(&hours) {
                match hours == HELD_HOURS[2] {
                    true => week.hold(day, &mut model),
                    false => continue,
                }
            }
            week.tick(day * 24 + hours);
            // What has come by now, in the model: a slot a day at its hour and minute.
            for number in 0..SCHEDULED {
                let minutes = slot(number);
                if minutes > before * 60 && minutes <= hours * 60 {
                    model.run(number, &broken);
                    if number + SCHEDULED < ALL && !broken.contains(&number) {
                        model.run(number + SCHEDULED, &broken);
                    }
                }
            }
            before = hours;
            week.check(&model);
            week.check(&model);
        }
        until("the incidents of the day", || {
            week.poke();
            week.open() == model.failed
        });
        if day == DEAD {
            receiver.revive();
            week.value("update dfa.delivery set due_at = now() where state = 'waiting'");
        }
        until("the messages of the day", || {
            week.poke();
            week.value("select count(*) from dfa.delivery where state = 'waiting'") == "0"
        });
    }
    assert!(week.checks >= 100, "{}", week.checks);
    assert!(model.failed.is_empty() && model.late.is_empty() && model.told.len() > 20, "{:?}", model.told);
    drop(replicas);
    let states = week.value("select string_agg(distinct state::text, ',') from dfa.delivery");
    assert_eq!(states, "sent");
    let mut heard: BTreeMap<String, usize> = BTreeMap::new();
    let mut keys = BTreeSet::new();
    for request in receiver.received() {
        let message = request.json();
        let (name, state) = (message["name"].as_str().unwrap(), message["state"].as_str().unwrap());
        *heard.entry(format!("{name} {state}")).or_default() += 1;
        assert!(keys.insert(request.header("idempotency-key").to_owned()), "twice: {message}");
    }
    assert_eq!(heard, model.told);
    if let Some(mail) = mail {
        let mut heard: BTreeMap<String, usize> = BTreeMap::new();
        for message in mail.received() {
            let subject = message.split("Subject: DFA: ").nth(1).unwrap().split("\\n").next().unwrap();
            let told = subject
                .replace("has failed", "opened")
                .replace("is late", "opened")
                .replace("has recovered", "recovered");
            *heard.entry(told).or_default() += 1;
        }
        assert_eq!(heard, model.told);
    }
    assert_eq!(
        ready::value(&week.database, "select count(*) from dfa.incident where closed_at is null"),
        "0"
    );
}
