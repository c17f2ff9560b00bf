//! Whatever is run in whatever order, from wherever, beside whoever writes: the result is that of the source rows.

use crate::ended;
use dfa_tests::Session;
use std::thread;

/// The days of a business in Bangkok, by four ways of writing, two of them opaque and one without a count.
const STYLES: [&str; 5] = [
    "insert into {ai_schema_name}.ai_day select at::date, count(*), sum(id) from {ai_schema_name}.src_r where at >= date '{data_date}' + 1 and at < date '{run_date}' + 1 group by 1 on conflict (day) do update set n = excluded.n, s = excluded.s",
    "select public.fill('{data_date}', '{run_date}')",
    "do $$ begin execute format('insert into ai.ai_day select at::date, count(*), sum(id) from ai.src_%s where at >= %L::date + 1 and at < %L::date + 1 group by 1 on conflict (day) do update set n = excluded.n, s = excluded.s', 'r', '{data_date}', '{run_date}'); end $$",
    "with x as (insert into {ai_schema_name}.ai_day select at::date, count(*), sum(id) from {ai_schema_name}.src_r where date_trunc('day', at) > date '{data_date}' and at::date <= '{run_date}' group by 1 on conflict (day) do update set n = excluded.n, s = excluded.s returning 1) select count(*) from x",
    "create temp table staged as select at::date as day, count(*) as n, sum(id) as s from {ai_schema_name}.src_r where at between date '{data_date}' + 1 and date '{run_date}' + 1 - interval '1 us' group by 1; set timezone = 'UTC'; merge into {ai_schema_name}.ai_day as t using staged on t.day = staged.day when matched then update set n = staged.n, s = staged.s when not matched then insert values (staged.day, staged.n, staged.s)",
];

const CALLERS: [&str; 4] = [
    "select 1",
    "set timezone = 'America/Los_Angeles'; set datestyle = 'SQL, DMY'",
    "set timezone = 'Pacific/Kiritimati'; set datestyle = 'German'; set intervalstyle = 'sql_standard'",
    "set timezone = 'UTC'; set extra_float_digits = -4",
];

/// Numbers that look random, the same each time.
struct Dice(u64);

impl Dice {
    fn up_to(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

struct Business {
    session: Session,
    dice: Dice,
    ids: u64,
    /// Days of January 2024 that were run: the last of them.
    day: u64,
}

const LAST: u64 = 12;

impl Business {
    fn begin(style: &str, seed: u64) -> Business {
        let mut session = Session::fresh();
        let name = session.database.quoted_name();
        session.run(&format!("alter database {name} set dfa.timezone = 'Asia/Bangkok'"));
        let mut session = session.another();
        session.load(&format!(
            "
src_r: {{create: {{features: {{id: bigint, at: timestamptz}}}}}}
ai_day:
  create: {{features: {{day: date, n: bigint, s: numeric}}, primary_key: [day]}}
  retention: {{column: day, months: 0}}
  update: {{fill: {{parameter: [run_date, data_date], statement: \"{style}\"}}}}
days: {{nodes: [ai_day]}}
"
        ));
        session.run("select from dfa.setup(run_date => '2023-12-31')");
        session.run(
            "create function public.fill(a text, b text) returns void language plpgsql as $$ begin
                insert into ai.ai_day select at::date, count(*), sum(id) from ai.src_r where at >= a::date + 1 and at < b::date + 1 group by 1
                on conflict (day) do update set n = excluded.n, s = excluded.s; end $$",
        );
        Business { session, dice: Dice(seed), ids: 0, day: 0 }
    }

    /// Rows of a day, most of them at its edges.
    fn rows(&mut self, day: u64) -> String {
        let times = [
            "00:00:00",
            "00:00:00.000001",
            "06:59:59",
            "07:00:00",
            "12:00",
            "16:59",
            "17:00",
            "23:59:59.999999",
        ];
        let rows: Vec<String> = (0..=self.dice.up_to(4))
            .map(|_| {
                self.ids += 1;
                let time = times[self.dice.up_to(8) as usize];
                format!("({}, '2024-01-{day:02} {time}+07')", self.ids)
            })
            .collect();
        format!("insert into ai.src_r values {}", rows.join(", "))
    }

    fn caller(&mut self) -> Session {
        let mut caller = self.session.another();
        caller.run(CALLERS[self.dice.up_to(4) as usize]);
        caller
    }

    /// Runs a day by one of the doors; gives the call and whether it is one in the background.
    fn call(&mut self, day: u64, mode: &str) -> String {
        let date = format!("date '2024-01-{day:02}'");
        match self.dice.up_to(4) {
            0 => format!("select status from dfa.run_table('ai_day', {date}, run_mode => '{mode}')"),
            1 => format!("select status from dfa.run_pipeline('days', {date}, run_mode => '{mode}')"),
            2 => format!("call dfa.run('days', array[{date}], '{mode}')"),
            _ => format!("select dfa.submit('data', 'days', array[{date}], '{mode}')"),
        }
    }

    fn run(&mut self, day: u64, mode: &str) {
        let call = self.call(day, mode);
        let answer = self.caller().value(&call);
        self.check(&call, &answer);
    }

    fn check(&mut self, call: &str, answer: &str) {
        let status = match call.split_once("dfa.").map(|it| &it.1[..4]) {
            Some("subm") => ended(&mut self.session, answer),
            Some("run(") => answer.split('|').nth(1).unwrap_or_default().to_owned(),
            _ => answer.to_owned(),
        };
        assert_eq!(status, "0", "{call}: {answer}");
    }

    /// A writer whose rows of the day commit while the run is under way.
    fn run_beside_a_writer(&mut self, day: u64) {
        let rows = self.rows(day);
        let mut writer = self.session.another();
        writer.run(&format!("begin; {rows}"));
        let mut runner = self.caller();
        let pid = runner.pid();
        let call = format!("select status from dfa.run_table('ai_day', make_date(2024, 1, {day}))");
        let run = thread::spawn(move || runner.value(&call));
        self.session.until_waiting(&pid);
        writer.run("commit");
        assert_eq!(run.join().unwrap(), "0");
    }

    fn step(&mut self) {
        match self.dice.up_to(6) {
            0 | 1 if self.day < LAST => {
                self.day += 1 + self.dice.up_to(2).min(LAST - self.day - 1);
                let rows = self.rows(self.day);
                self.session.run(&rows);
                if self.dice.up_to(2) == 0 {
                    self.run_beside_a_writer(self.day);
                } else {
                    self.run(self.day, "common");
                }
            }
            2 if self.day > 1 => {
                // Late rows, which whoever lands them tells; of days before the last, which `{data_date}` leaves out.
                let day = 1 + self.dice.up_to(self.day - 1);
                let rows = self.rows(day);
                self.session.run(&rows);
                self.caller().run(&format!(
                    "select dfa.mark_stale('src_r', make_date(2024, 1, {day}), make_date(2024, 1, {day}))"
                ));
            }
            3 if self.day > 0 => {
                let day = 1 + self.dice.up_to(self.day);
                self.run(day, "rerun");
            }
            4 if self.day > 0 => {
                // A session that dies in the middle: nothing of it counts.
                let mut caller = self.caller();
                let call =
                    format!("begin; select from dfa.run_table('ai_day', make_date(2024, 1, {}))", self.day);
                caller.run(&call);
                let pid = caller.pid();
                self.session.run(&format!("select pg_terminate_backend({pid}, 30000)"));
            }
            5 if self.day > 0 => self.backfill(),
            _ => {}
        }
    }

    fn backfill(&mut self) {
        let mut caller = self.caller();
        let task = caller.value(&format!(
            "select dfa.backfill('days', date '2024-01-01', make_date(2024, 1, {}), only_gaps => true)",
            self.day
        ));
        if !task.is_empty() {
            assert_eq!(ended(&mut self.session, &task), "0");
        }
    }
}

#[test]
fn any_order_of_runs_from_anywhere_gives_what_the_source_rows_give() {
    for (style, seed) in STYLES.iter().zip([11, 23, 37, 41, 53]) {
        let mut business = Business::begin(style, seed);
        for _ in 0..14 {
            business.step();
        }
        business.day = business.day.max(1);
        business.run(business.day, "common");
        business.backfill();
        let wrong = business.session.rows(
            "select * from (select (at at time zone 'Asia/Bangkok')::date, count(*), sum(id) from ai.src_r group by 1) as right_one (day, n, s)
             full join ai.ai_day using (day, n, s) where ai_day.day is null or right_one.day is null"
        );
        assert_eq!(wrong, [] as [&str; 0], "{style}, {seed}");
    }
}
