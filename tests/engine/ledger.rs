//! The ledger: which intervals are done, missing and stale.

use crate::session::Session;

/// `src_s` → `ai_day` → `ai_top`, and `ai_other`, which reads neither.
fn chain(run_type: &str) -> Session {
    let table = |name: &str, source: &str| {
        format!("{name}:\n  run: {{type: {run_type}}}\n  create: {{features: {{a: 'int'}}}}\n  update: {{fill: {{statement: 'insert into ai.{name} select a from {source}'}}}}\n")
    };
    Session::with(
        &[
            "src_s: {create: {features: {a: 'int'}}, initial: {value: '1'}}\n".to_owned(),
            table("ai_day", "ai.src_s"),
            table("ai_top", "ai.ai_day"),
            table("ai_other", "generate_series(1, 1) as n (a)"),
        ]
        .concat(),
    )
}

fn gaps(session: &mut Session, arguments: &str) -> Vec<String> {
    session.rows(&format!("select interval_start, interval_end, state, reason from dfa.gaps({arguments})"))
}

#[test]
fn before_the_first_run_the_interval_of_the_watermark_is_missing() {
    let mut session = chain("daily");
    assert_eq!(gaps(&mut session, "'ai_day'"), ["2021-01-01|2021-01-01|missing|no run has covered it"]);
}

#[test]
fn a_common_run_covers_every_interval_since_the_last() {
    let mut session = chain("daily");
    session.run_table("ai_day", "2021-01-04");
    assert_eq!(
        session.rows("select interval_start, run_type, state from dfa.data_interval order by 1"),
        ["2021-01-01|daily|done", "2021-01-02|daily|done", "2021-01-03|daily|done", "2021-01-04|daily|done"]
    );
    assert!(gaps(&mut session, "'ai_day'").is_empty());
}

#[test]
fn intervals_have_the_length_of_the_run_type() {
    for (run_type, missing) in [
        ("daily", "2021-02-18|2021-02-18|missing|no run has covered it"),
        ("weekly", "2021-02-15|2021-02-21|missing|no run has covered it"),
        ("monthly", "2021-02-01|2021-02-28|missing|no run has covered it"),
        ("yearly", "2021-01-01|2021-12-31|missing|no run has covered it"),
    ] {
        let mut session = chain(run_type);
        assert_eq!(gaps(&mut session, "'ai_day', '2021-02-18', '2021-02-18'"), [missing], "{run_type}");
        session.run_table("ai_day", "2021-02-18");
        assert!(gaps(&mut session, "'ai_day', '2021-02-18', '2021-02-18'").is_empty(), "{run_type}");
    }
}

#[test]
fn days_without_rows_are_done_too() {
    let mut session = chain("daily");
    session.run("truncate ai.src_s");
    session.run_table("ai_day", "2021-01-03");
    assert!(gaps(&mut session, "'ai_day', '2021-01-01', '2021-01-03'").is_empty());
}

#[test]
fn asked_for_a_range_gaps_lists_what_is_missing_of_it() {
    let mut session = chain("daily");
    session.run_table("ai_day", "2021-01-02");
    assert_eq!(
        gaps(&mut session, "'ai_day', '2020-12-31', '2021-01-03'"),
        [
            "2020-12-31|2020-12-31|missing|no run has covered it",
            "2021-01-03|2021-01-03|missing|no run has covered it"
        ]
    );
}

#[test]
fn a_failed_run_covers_nothing() {
    let mut session = chain("daily");
    session.run("alter table ai.ai_day add check (a > 1)");
    session.run_table("ai_day", "2021-01-02");
    assert_eq!(session.value("select count(*) from dfa.data_interval"), "0");
}

#[test]
fn landed_rows_make_the_intervals_of_all_readers_stale() {
    let mut session = chain("daily");
    for table in ["ai_day", "ai_top", "ai_other"] {
        session.run_table(table, "2021-01-03");
    }
    assert_eq!(session.value("select dfa.mark_stale('src_s', '2021-01-02', '2021-01-02')"), "2");
    for table in ["ai_day", "ai_top"] {
        assert_eq!(
            gaps(&mut session, &format!("'{table}'")),
            ["2021-01-02|2021-01-02|stale|rows landed in src_s"]
        );
    }
    assert!(gaps(&mut session, "'ai_other'").is_empty());
}

#[test]
fn staleness_without_an_end_reaches_all_later_intervals_with_the_reason_given() {
    let mut session = chain("daily");
    session.run_table("ai_day", "2021-01-03");
    assert_eq!(session.value("select dfa.mark_stale('src_s', '2021-01-02', reason => 'a correction')"), "2");
    assert_eq!(
        gaps(&mut session, "'ai_day'"),
        ["2021-01-02|2021-01-02|stale|a correction", "2021-01-03|2021-01-03|stale|a correction"]
    );
}

#[test]
fn staleness_of_a_day_reaches_the_interval_that_holds_it() {
    let mut session = chain("monthly");
    session.run_table("ai_day", "2021-03-15");
    session.run("select dfa.mark_stale('src_s', '2021-02-28', '2021-02-28')");
    assert_eq!(gaps(&mut session, "'ai_day'"), ["2021-02-01|2021-02-28|stale|rows landed in src_s"]);
}

#[test]
fn a_rerun_makes_its_readers_stale_and_itself_done() {
    let mut session = chain("daily");
    for table in ["ai_day", "ai_top"] {
        session.run_table(table, "2021-01-04");
    }
    session.run("update dfa.data_pipeline set data_date = '2021-01-04'");
    session.run("select dfa.mark_stale('src_s', '2021-01-02', '2021-01-02')");
    session.run("update dfa.data_interval set state = 'done' where table_name = 'ai_top'");
    session.run("select * from dfa.run_table('ai_day', '2021-01-02', 'rerun')");
    assert!(gaps(&mut session, "'ai_day'").is_empty());
    let stale = gaps(&mut session, "'ai_top'");
    assert!(
        stale.contains(&"2021-01-02|2021-01-02|stale|rerun of ai_day for 2021-01-02".to_owned()),
        "{stale:#?}"
    );
    assert!(
        !stale.iter().any(|gap| gap.starts_with("2021-01-03") || gap.starts_with("2021-01-04")),
        "{stale:#?}"
    );
}

/// `ai_sum`, a transaction table with the days of its sources, of which `ai_all` reads all.
fn days() -> Session {
    let mut session = Session::with(
        "
src_s: {create: {features: {day: date}}}
ai_sum:
  create: {features: {day: date not null}, primary_key: [day]}
  run: {table_type: transaction}
  retention: {column: day, months: 0}
  update:
    fill:
      parameter: [run_date, data_date]
      statement: \"insert into ai.ai_sum select day from ai.src_s where day between '{data_date}' and '{run_date}' on conflict do nothing\"
ai_all: {create: {features: {n: bigint}}, update: {fill: {statement: 'insert into ai.ai_all select count(*) from ai.ai_sum'}}}
",
    );
    session.run(
        "insert into ai.src_s select date '2021-01-01' + n from generate_series(0, 9) as n;
         insert into ai.ctr_data_parameter (parameter_name, parameter_value) values ('data_normal_rerun_reset_data', 'Y')",
    );
    for table in ["ai_sum", "ai_all"] {
        session.run_table(table, "2021-01-05");
    }
    session
}

#[test]
fn a_rerun_that_deletes_the_rows_after_it_makes_their_days_stale_here_and_in_all_readers() {
    let mut session = days();
    session.run("select * from dfa.run_table('ai_sum', '2021-01-02', 'rerun')");
    assert_eq!(session.value("select max(day) from ai.ai_sum"), "2021-01-02");
    let reason = "rerun of ai_sum for 2021-01-02";
    assert_eq!(
        gaps(&mut session, "'ai_sum'"),
        ["03", "04", "05"].map(|day| format!("2021-01-{day}|2021-01-{day}|stale|{reason} deleted its rows"))
    );
    assert_eq!(
        gaps(&mut session, "'ai_all', '2021-01-03'"),
        ["03", "04", "05"].map(|day| format!("2021-01-{day}|2021-01-{day}|stale|{reason}"))
    );
}

#[test]
fn a_common_run_takes_the_stale_days_after_its_data_date_again() {
    let mut session = days();
    session.run("select * from dfa.run_table('ai_sum', '2021-01-02', 'rerun'); select dfa.mark_stale('src_s', '2021-01-01', '2021-01-01')");
    session.run_table("ai_sum", "2021-01-06");
    assert_eq!(session.value("select count(*) from ai.ai_sum"), "6");
    assert_eq!(gaps(&mut session, "'ai_sum'"), ["2021-01-01|2021-01-01|stale|rows landed in src_s"]);
}

#[test]
fn a_rerun_that_changes_nothing_makes_nobody_stale() {
    let mut session = chain("daily");
    for table in ["ai_day", "ai_top"] {
        session.run_table(table, "2021-01-04");
    }
    session.run("truncate ai.src_s; select * from dfa.run_table('ai_day', '2021-01-02', 'rerun')");
    assert!(gaps(&mut session, "'ai_top'").is_empty());
}

#[test]
fn a_run_of_a_stale_interval_makes_it_done_with_its_step() {
    let mut session = chain("daily");
    session.run_table("ai_day", "2021-01-02");
    session.run(
        "update dfa.data_pipeline set data_date = '2021-01-02'; select dfa.mark_stale('src_s', '2021-01-02')",
    );
    session.run("select * from dfa.run_table('ai_day', '2021-01-02', 'rerun')");
    assert_eq!(
        session.value("select state, reason, step_id = (select max(id) from dfa.task_step) from dfa.data_interval where table_name = 'ai_day' and interval_start = '2021-01-02'"),
        "done||t"
    );
}

#[test]
fn wrong_ranges_and_names_are_refused() {
    let mut session = chain("daily");
    for (call, sqlstate, word) in [
        ("select * from dfa.gaps('ai_dya')", "DF002", "'ai_day'"),
        ("select * from dfa.gaps('ai_day', '2021-02-01', '2021-01-01')", "22023", "not after the last"),
        ("select dfa.mark_stale('src_s', '2021-02-01', '2021-01-01')", "22023", "not after the last"),
        ("select dfa.mark_stale('nothing', '2021-02-01')", "DF002", "'nothing'"),
        ("select dfa.mark_stale('src_s', null)", "22004", "from is null"),
    ] {
        let refusal = session.refused(call);
        assert_eq!(refusal.sqlstate, sqlstate, "{call}: {refusal}");
        refusal.says(&[word]);
    }
}

/// Done with days that the table which it reads had not whole.
fn stale_top(session: &mut Session) -> Vec<String> {
    session.rows("select interval_start, reason from dfa.data_interval where table_name = 'ai_top' and state = 'stale' order by 1")
}

#[test]
fn a_common_run_of_days_that_its_readers_took_before_makes_them_stale() {
    for (run_type, stale) in [
        ("daily", vec!["2021-01-02|run of ai_day for 2021-01-03", "2021-01-03|run of ai_day for 2021-01-03"]),
        ("monthly", vec![]),
    ] {
        let mut session = chain(run_type);
        session.run_table("ai_day", "2021-01-01");
        session.run_table("ai_top", "2021-01-05");
        assert!(stale_top(&mut session).is_empty());
        session.run_table("ai_day", "2021-01-03");
        // The month was whole in ai_day, too, when ai_top took it.
        assert_eq!(stale_top(&mut session), stale, "{run_type}");
        assert_eq!(
            session.rows("select state from dfa.data_interval where table_name = 'ai_other'"),
            Vec::<String>::new()
        );
    }
}

#[test]
fn a_common_run_without_new_rows_leaves_its_readers() {
    let mut session = chain("daily");
    session.run_table("ai_day", "2021-01-01");
    session.run_table("ai_top", "2021-01-05");
    session.run("truncate ai.src_s");
    session.run_table("ai_day", "2021-01-03");
    assert!(stale_top(&mut session).is_empty());
}

#[test]
fn a_day_that_was_open_makes_its_readers_stale_when_it_is_completed() {
    let mut session = chain("daily");
    // The day on which the last zone to begin one is: it is open there, and over where the first one is.
    let day = session.value("select (now() at time zone 'Etc/GMT+12')::date");
    let next = session.value(&format!("select date '{day}' + 1"));
    session.run(&format!("update dfa.data_pipeline set run_date = '{day}', data_date = '{day}'"));
    session.run("set dfa.timezone = 'Etc/GMT+12'");
    session.run_table("ai_day", &day);
    let state = |session: &mut Session, table: &str| {
        session.value(&format!(
            "select state from dfa.data_interval where table_name = '{table}' and interval_start = '{day}'"
        ))
    };
    assert_eq!(state(&mut session, "ai_day"), "open");
    session.run("set dfa.timezone = 'Pacific/Kiritimati'");
    session.run_table("ai_top", &day);
    assert_eq!(state(&mut session, "ai_top"), "done");
    session.run_table("ai_day", &next);
    assert_eq!(state(&mut session, "ai_top"), "stale");
    let gaps = session.rows(&format!("select state from dfa.gaps('ai_top', '{day}', '{day}')"));
    assert_eq!(gaps, ["stale"]);
}

#[test]
fn a_reader_that_came_while_a_run_was_under_way_has_stale_days_too() {
    let mut session = Session::with(
        "ai_day: {create: {features: {a: int}}, update: {come: {statement: 'select public.come()'}, fill: {statement: 'insert into ai.ai_day values (1)'}}}",
    );
    // Loaded and done with the day, before the run has written its rows.
    session.run(
        "create function public.come() returns bigint language plpgsql as $f$begin
           perform dfa.load_catalog('ai_late: {create: {features: {a: int}}, update: {fill: {statement: insert into ai.ai_late select a from ai.ai_day}}}', 'late');
           insert into dfa.data_interval (table_name, interval_start, run_type, state) values ('ai_late', '2021-01-02', 'daily', 'done');
           return 0;
         end$f$",
    );
    session.run_table("ai_day", "2021-01-02");
    assert_eq!(
        session.value("select state, reason from dfa.data_interval where table_name = 'ai_late'"),
        "stale|run of ai_day for 2021-01-02"
    );
}

#[test]
fn a_run_that_changes_a_parameter_leaves_what_its_readers_took_of_older_days() {
    let mut session = Session::with(
        "ai_day: {create: {features: {a: int}}, update: {
           count: {parameter: [run_date], statement: \"insert into ai.ctr_data_parameter (parameter_name, parameter_value) values ('runs', '{run_date}') on conflict (parameter_name) do update set parameter_value = excluded.parameter_value\"},
           fill: {statement: 'insert into ai.ai_day values (1)'}}}
ai_top: {create: {features: {a: int}}, update: {fill: {statement: 'insert into ai.ai_top select a from ai.ai_day'}}}",
    );
    for date in ["2021-01-02", "2021-01-03"] {
        session.run_table("ai_day", date);
        session.run_table("ai_top", date);
    }
    session.run_table("ai_day", "2021-01-04");
    assert_eq!(
        session.rows(
            "select interval_start, state from dfa.data_interval where table_name = 'ai_top' order by 1"
        ),
        ["2021-01-01|done", "2021-01-02|done", "2021-01-03|done"]
    );
}
