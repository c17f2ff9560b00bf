//! What a preview shows is what then runs, whatever happened before; and what changed in between is refused by its token.

use crate::session::Session;

const NIGHT: &str = "
src_s: {create: {features: {a: int, day: date}, primary_key: [a]}, retention: {column: day, months: 12}}
ai_day: {create: {features: {day: date}}, retention: {column: day, months: 0},
  update: {fill: {parameter: [interval_start], statement: \"insert into {ai_schema_name}.ai_day select date '{interval_start}' from (select count(*) from {ai_schema_name}.src_s) as s\"},
           again: {parameter: [interval_start], statement: \"update {ai_schema_name}.ai_day set day = day where day = '{interval_start}'\"}}}
ai_week: {run: {type: weekly}, create: {features: {day: date}}, retention: {column: day, months: 0},
  update: {fill: {parameter: [interval_start], statement: \"insert into {ai_schema_name}.ai_week select date '{interval_start}' from (select count(*) from {ai_schema_name}.ai_day) as s\"}}}
ai_once: {run: {quota: 1}, create: {features: {day: date}}, retention: {column: day, months: 0},
  update: {fill: {parameter: [interval_start], statement: \"insert into {ai_schema_name}.ai_once select date '{interval_start}' from (select count(*) from {ai_schema_name}.ai_day) as s\"}}}
nightly: {id: n, nodes: [ai_day, ai_once, ai_week]}
";
const CASES: usize = 80;

/// The same numbers in every run (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn of<'one>(&mut self, all: &[&'one str]) -> &'one str {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }

    fn day(&mut self) -> String {
        format!("2021-01-{:02}", 2 + self.below(20))
    }
}

const TABLES: &[&str] = &["ai_day", "ai_week", "ai_once"];

/// Something that moves watermarks or intervals; it may be refused.
fn happen(session: &mut Session, chance: &mut Chance) {
    let (table, day) = (chance.of(TABLES), chance.day());
    let sql = match chance.below(6) {
        0 | 1 => format!("select * from dfa.run_table('{table}', '{day}')"),
        2 => format!("select * from dfa.run_table('{table}', '{day}', 'rerun')"),
        3 => format!("select dfa.mark_stale('src_s', '{day}', '{day}', 'a correction')"),
        4 => format!("select dfa.landed('src_s', '{day}', '{day}', 1)"),
        _ => format!("update dfa.data_pipeline set run_date = '{day}', data_date = '{day}' where table_name = '{table}'"),
    };
    let _ = session.try_rows(&sql);
}

/// A call: what previews take, and the call itself with a place for the token.
fn call(chance: &mut Chance) -> (String, String) {
    let name = chance.of(&["ai_day", "ai_week", "ai_once", "nightly", "nightly"]);
    let choose = match (name, chance.below(4)) {
        ("ai_day", 0) => "array['fill']",
        ("nightly", 0) => "array['!again']",
        _ => "null::text[]",
    };
    if chance.below(2) == 0 {
        let (one, other) = (chance.day(), chance.day());
        let (from, to) = if one < other { (one, other) } else { (other, one) };
        let (gaps, down) = (chance.below(2) == 0, chance.below(2) == 0);
        let mode = chance.of(&["auto", "auto", "common", "rerun"]);
        let shown = format!("'data', '{name}', \"from\" => '{from}', \"to\" => '{to}', run_mode => '{mode}', choose => {choose}, only_gaps => {gaps}, downstream => {down}");
        let done = format!("select dfa.backfill('{name}', '{from}', '{to}', '{mode}', {choose}, {gaps}, {down}, if_preview => 'TOKEN')");
        return (shown, done);
    }
    let days: Vec<String> = (0..=chance.below(2)).map(|_| chance.day()).collect();
    let (days, mode) = (days.join(","), chance.of(&["common", "common", "rerun"]));
    let shown = format!("'data', '{name}', '{{{days}}}', run_mode => '{mode}', choose => {choose}");
    let params = format!("json_build_object('choose', {choose})");
    (
        shown,
        format!(
            "select dfa.submit('data', '{name}', '{{{days}}}', '{mode}', {params}, if_preview => 'TOKEN')"
        ),
    )
}

#[test]
fn what_runs_is_what_was_shown_and_what_has_changed_is_refused() {
    let mut session = Session::with(NIGHT);
    let mut other = session.another();
    let mut chance = Chance(0x5eed_2021);
    let (mut ran, mut refused, mut moved) = (0, 0, 0);
    for case in 0..CASES {
        for _ in 0..chance.below(3) {
            happen(&mut session, &mut chance);
        }
        let (arguments, done) = call(&mut chance);
        let what = format!("case {case}: {arguments}");
        let preview = format!("select concat_ws(' ', name, run_date, processes, action) from dfa.preview({arguments}) order by step_order");
        let shown = session.try_rows(&preview).unwrap_or_else(|error| panic!("{what}: {error}"));
        let token = session.value(&format!("select dfa.preview_token({arguments})"));
        let has_moved = chance.below(2) == 0 && {
            happen(&mut other, &mut chance);
            session.value(&format!("select dfa.preview_token({arguments})")) != token
        };
        let done = done.replace("TOKEN", &token);
        let tasks = "select count(*) from dfa.task_process";
        if has_moved {
            let before = session.value(tasks);
            let refusal = session.refused(&done);
            assert_eq!(refusal.sqlstate, "DF015", "{what}: {refusal}");
            assert_eq!(session.value(tasks), before, "{what}");
            moved += 1;
            continue;
        }
        // What a concurrent change left alone is still what was shown.
        assert_eq!(session.rows(&preview), shown, "{what}");
        let task = session.value(&done);
        if task.is_empty() {
            assert!(shown.is_empty(), "{what}: {shown:?}");
            continue;
        }
        session.run(&format!("select dfa.wait('{task}', '60 s')"));
        let steps = session.rows(&format!(
            "select concat_ws(' ', node, step.run_date, step.choose, case state when 'SKIPPED' then 'skipped' when 'FAILED' then 'refused' when 'BLOCKED' then 'blocked'
                 else (select action_type from dfa.data_logging where step_id = step.id order by id desc limit 1) end)
             from dfa.task_step as step where process_id = '{task}' order by step_order"
        ));
        assert_eq!(steps.len(), shown.len(), "{what}: {steps:?} {shown:?}");
        for (step, shown) in steps.iter().zip(&shown) {
            // A node that is refused is not read by what comes after it.
            let blocked = step.strip_suffix(" blocked").is_some_and(|step| {
                let day = step.split(' ').nth(1).unwrap();
                steps.iter().any(|other| other.contains(day) && other.ends_with(" refused"))
            });
            assert!(blocked || step == shown, "{what}: {steps:#?}\nwas shown as {shown}");
        }
        ran += 1;
        refused += usize::from(shown.iter().any(|step| step.ends_with(" refused")));
    }
    assert!(
        ran > 30 && moved > 5 && refused > 5,
        "of {CASES}: {ran} ran, {refused} with refusals, {moved} moved"
    );
}
