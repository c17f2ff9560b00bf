//! Files that land by themselves: each once, in order, all or nothing, whatever happens to file, folder or service.

use crate::ready;
use dfa_tests::{dfa, Cluster, Database, Service};
use std::path::Path;
use std::time::{Duration, Instant};

pub const CATALOG: &str = r"
src_sale:
  create: {features: {id: serial, shop: text not null, amount: int}}
  source: sale/*.csv*
ai_sum:
  create: {features: {day: date primary key, amount: bigint}}
  update: {sum: {parameter: [run_date], statement: 'insert into {ai_schema_name}.ai_sum select date ''{run_date}'', sum(amount) from {ai_schema_name}.src_sale on conflict (day) do update set amount = excluded.amount'}}
summed: {id: summed, nodes: [ai_sum], trigger: src_sale}
";

/// A database with that catalog, and a folder where files land.
pub fn shop(name: &str) -> (Database, tempfile::TempDir) {
    let database = Cluster::shared().database(name);
    let mut client = database.connect();
    client.query("select * from dfa.load_catalog($1)", &[&CATALOG]).unwrap();
    client.query("select * from dfa.setup(run_date => '2021-01-01')", &[]).unwrap();
    client.batch_execute("update dfa.task_schedule set started_at = now()").unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("sale")).unwrap();
    (database, folder)
}

/// A service that looks each second, and takes what was just written.
fn service(database: &Database, folder: &Path) -> Service {
    let landing = folder.display().to_string();
    Service::start_with(
        database,
        &[("DFA_LANDING", &landing), ("DFA_LANDING_SECONDS", "1"), ("DFA_LANDING_SETTLE_SECONDS", "0")],
        &[],
    )
}

/// Puts a whole file there at once.
fn put(folder: &Path, name: &str, text: impl AsRef<[u8]>) {
    let made = folder.join(format!(".{}", name.replace('/', "_")));
    std::fs::write(&made, text).unwrap();
    std::fs::rename(made, folder.join("sale").join(name)).unwrap();
}

pub fn until(database: &Database, condition: &str) {
    let started = Instant::now();
    while ready::value(database, &format!("select ({condition})")) != "t" {
        let files = ready::value(database, "select json_agg(file) from dfa.file");
        let sources = ready::value(database, "select json_agg(file_source) from dfa.file_source");
        assert!(started.elapsed() < dfa_tests::DEADLINE, "it never came to: {condition}\n{files}\n{sources}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Somebody has looked for files after this call.
fn looked(database: &Database) {
    let at = ready::value(database, "select clock_timestamp()");
    // The look that is under way may have begun before: the one after it has not.
    for _ in 0..2 {
        let before =
            ready::value(database, "select coalesce(max(looked_at), '-infinity') from dfa.file_source");
        until(
            database,
            &format!(
                "select max(looked_at) > greatest('{before}'::timestamptz, '{at}') from dfa.file_source"
            ),
        );
    }
}

/// What the ledger says, in order of name.
pub fn ledger(database: &Database) -> String {
    ready::value(
        database,
        "select string_agg(concat_ws(' ', path, state, rows), ', ' order by path, version) from dfa.file",
    )
}

/// The shops in the order in which they landed.
pub fn shops(database: &Database) -> String {
    ready::value(database, "select string_agg(shop, '' order by id) from ai.src_sale")
}

#[test]
fn each_file_lands_once_in_order_of_name_and_the_trigger_is_told() {
    let (database, folder) = shop("files_order");
    for name in ["b.csv", "c.csv.gz", "a.csv"] {
        let text = format!("shop,amount\n{},1\n", &name[..1]);
        match name.ends_with(".gz") {
            true => put(folder.path(), name, gzip(text.as_bytes())),
            false => put(folder.path(), name, text),
        }
    }
    put(folder.path(), "notes.txt", "not a file of the pattern");
    let _first = service(&database, folder.path());
    let _second = service(&database, folder.path());
    until(&database, "(select count(*) from dfa.file) = 3");
    looked(&database);
    assert_eq!(shops(&database), "abc");
    assert_eq!(ledger(&database), "sale/a.csv landed 1, sale/b.csv landed 1, sale/c.csv.gz landed 1");
    until(&database, "(select sum(amount) from ai.ai_sum) = 3");
    assert_eq!(
        ready::value(&database, "select count(*) from dfa.task_process where process_name_put = 'summed'"),
        "1"
    );
    let tasks =
        "select string_agg(concat_ws(' ', status, way, parameters ->> 'file'), ', ' order by created_at)
                 from dfa.task_process where process_module = 'data|ingestion'";
    assert_eq!(
        ready::value(&database, tasks),
        "0 scheduler sale/a.csv, 0 scheduler sale/b.csv, 0 scheduler sale/c.csv.gz"
    );
    // The same bytes with a new date are the same file.
    put(folder.path(), "a.csv", "shop,amount\na,1\n");
    looked(&database);
    assert_eq!(shops(&database), "abc");
    assert_eq!(ready::value(&database, "select count(*) from dfa.file"), "3");
}

#[test]
fn a_refused_file_holds_up_those_after_it_until_it_is_corrected_or_skipped() {
    let (database, folder) = shop("files_refused");
    put(folder.path(), "a.csv", "shop,amount\na,1\n");
    put(folder.path(), "b.csv", "shop,amount\nb,1\nb,many\n");
    put(folder.path(), "c.csv", "shop,amount\nc,1\n");
    let started = service(&database, folder.path());
    until(&database, "(select count(*) from dfa.file where state = 'refused') = 1");
    looked(&database);
    assert_eq!(
        (shops(&database).as_str(), ledger(&database).as_str()),
        ("a", "sale/a.csv landed 1, sale/b.csv refused 0")
    );
    assert_eq!(
        ready::value(&database, "select concat_ws(' ', position, column_name) from dfa.rejected_row"),
        "3 amount"
    );
    ready::value(&database, "select dfa.note_incidents()");
    let incident = ready::value(&database, "select event || ' ' || name || ' ' || cause from dfa.incident where event = 'files' and closed_at is null");
    assert!(
        incident.starts_with("files src_sale file sale/b.csv is refused:") && incident.contains("many"),
        "{incident}"
    );
    let listed = started.get("/api/ai/files?table=src_sale&state=refused").assert_status(200).json();
    assert_eq!(listed["files"][0]["path"], "sale/b.csv", "{listed}");
    let shown = dfa(&database, &["--json", "files", "sources"]).assert_success().json();
    assert_eq!(shown[0]["fault"], "file sale/b.csv is refused", "{shown}");
    let why = ready::value(&database, "select cause || ' ' || sentence from dfa.why('src_sale')");
    assert!(why.starts_with("file file sale/b.csv is refused"), "{why}");
    put(folder.path(), "b.csv", "shop,amount\nb,1\nb,2\n");
    until(&database, "(select count(*) from ai.src_sale) = 4");
    assert_eq!(shops(&database), "abbc");
    ready::value(&database, "select dfa.note_incidents()");
    assert_eq!(
        ready::value(
            &database,
            "select count(*) from dfa.incident where event = 'files' and closed_at is null"
        ),
        "0"
    );
    // Cut off in the middle, as a copy that broke leaves it; then said to be left so.
    let whole = gzip("shop,amount\nd,1\n".repeat(1000).as_bytes());
    put(folder.path(), "d.csv.gz", &whole[..whole.len() / 2]);
    put(folder.path(), "e.csv", "shop,amount\ne,1\n");
    until(
        &database,
        "(select count(*) from dfa.file where state = 'refused' and message like '%cut off%') = 1",
    );
    assert_eq!(shops(&database), "abbc");
    let skip = |path: &str| {
        started.post(
            "/api/ai/files/skip",
            &format!("table=src_sale&path={path}&reason=broken%20at%20its%20source"),
        )
    };
    skip("sale/x.csv").assert_problem(404, &["file 'sale/x.csv' of table 'src_sale'", "GET /api/ai/files"]);
    skip("sale/d.csv.gz").assert_status(200);
    until(&database, "(select count(*) from ai.src_sale) = 5");
    assert_eq!(shops(&database), "abbce");
    // Another form of what was skipped is looked at; what was refused and came again is new.
    put(folder.path(), "d.csv.gz", gzip(b"shop,amount\nd,1\n"));
    until(&database, "(select count(*) from ai.src_sale) = 6");
    put(folder.path(), "f.csv", "shop,amount\nf,many\n");
    until(&database, "(select count(*) from dfa.file where path = 'sale/f.csv' and state = 'refused') = 1");
    std::fs::remove_file(folder.path().join("sale/f.csv")).unwrap();
    until(&database, "(select count(*) from dfa.file where path = 'sale/f.csv') = 0");
    put(folder.path(), "f.csv", "shop,amount\nf,1\n");
    until(&database, "(select count(*) from ai.src_sale) = 7");
    assert_eq!(shops(&database), "abbcedf");
    assert_eq!(
        ready::value(
            &database,
            "select reason is null and after ->> 'state' = 'skipped' from dfa.history('data file')"
        ),
        "t"
    );
}

#[test]
fn a_file_that_changes_after_it_landed_is_told_and_lands_no_second_time() {
    let (database, folder) = shop("files_changed");
    put(folder.path(), "a.csv", "shop,amount\na,1\n");
    let _service = service(&database, folder.path());
    until(&database, "(select count(*) from dfa.file) = 1");
    put(folder.path(), "a.csv", "shop,amount\na,1\nx,2\n");
    put(folder.path(), "b.csv", "shop,amount\nb,1\n");
    until(&database, "(select count(*) from dfa.file) = 3");
    assert_eq!(shops(&database), "ab");
    let changed = "select message from dfa.file where state = 'changed'";
    let told = "Error: file 'sale/a.csv' changed after it had landed; give what is new in it another name";
    assert_eq!(ready::value(&database, changed), told);
    looked(&database);
    assert_eq!(ready::value(&database, "select count(*) from dfa.task_process where status = 1"), "1");
    // Taken away it is wrong no more.
    std::fs::remove_file(folder.path().join("sale/a.csv")).unwrap();
    until(
        &database,
        "(select message like 'it is not there any more%' from dfa.file where state = 'skipped')",
    );
}

#[test]
fn a_folder_that_is_not_there_is_a_fault_until_it_is() {
    let (database, folder) = shop("files_gone");
    std::fs::remove_dir(folder.path().join("sale")).unwrap();
    let _service = service(&database, folder.path());
    until(&database, "(select fault like 'folder ''%/sale'' is not there' from dfa.file_source)");
    ready::value(&database, "select dfa.note_incidents()");
    assert_eq!(ready::value(&database, "select event || ' ' || name from dfa.incident"), "files src_sale");
    std::fs::create_dir(folder.path().join("sale")).unwrap();
    put(folder.path(), "a.csv", "shop,amount\na,1\n");
    until(&database, "(select count(*) from dfa.file) = 1 and (select fault is null from dfa.file_source)");
    // A place that no setting allows is one, too.
    let catalog = CATALOG.replace("sale/*.csv*", "'s3://elsewhere/*.csv'");
    database.connect().query("select * from dfa.load_catalog($1)", &[&catalog]).unwrap();
    until(&database, "(select fault like '%lies in no place of DFA_LANDING' from dfa.file_source)");
}

#[test]
fn a_file_that_is_being_written_waits_and_so_do_those_after_it() {
    let (database, folder) = shop("files_written");
    let landing = folder.path().display().to_string();
    let environment = |settle: &'static str| {
        [
            ("DFA_LANDING", landing.clone()),
            ("DFA_LANDING_SECONDS", "1".to_owned()),
            ("DFA_LANDING_SETTLE_SECONDS", settle.to_owned()),
        ]
    };
    let start = |settle| {
        let pairs = environment(settle);
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Service::start_with(&database, &pairs, &[])
    };
    let long_ago = std::time::SystemTime::now() - Duration::from_secs(100_000);
    put(folder.path(), "a.csv", "shop,amount\na,1\n");
    put(folder.path(), "b.csv", "shop,amount\nb,1\n");
    put(folder.path(), "c.csv", "shop,amount\nc,1\n");
    for name in ["a.csv", "c.csv"] {
        let file = std::fs::File::options().write(true).open(folder.path().join("sale").join(name)).unwrap();
        file.set_modified(long_ago).unwrap();
    }
    let slow = start("86400");
    until(&database, "(select count(*) from dfa.file) = 1");
    looked(&database);
    assert_eq!(shops(&database), "a");
    assert_eq!(ready::value(&database, "select waiting from dfa.file_source"), "2");
    drop(slow);
    let _quick = start("0");
    until(&database, "(select count(*) from dfa.file) = 3");
    assert_eq!(shops(&database), "abc");
}

/// 1,000 small files, or as many as DFA_TEST_FILES says, while the service is killed again and again.
#[test]
fn a_service_that_is_killed_leaves_no_file_half_done_and_none_twice() {
    let number: usize =
        std::env::var("DFA_TEST_FILES").ok().and_then(|text| text.parse().ok()).unwrap_or(1000);
    let (database, folder) = shop("files_killed");
    for file in 0..number {
        std::fs::write(
            folder.path().join(format!("sale/{file:06}.csv")),
            format!("shop,amount\n{file},1\n{file},2\n"),
        )
        .unwrap();
    }
    let landed = || -> usize { ready::value(&database, "select count(*) from dfa.file").parse().unwrap() };
    for part in 1..=4 {
        let first = service(&database, folder.path());
        let second = service(&database, folder.path());
        let wanted = landed() + number / 6;
        let started = Instant::now();
        while landed() < wanted {
            assert!(started.elapsed() < dfa_tests::DEADLINE, "files do not land: {}", landed());
            std::thread::sleep(Duration::from_millis(5));
        }
        for mut killed in [first, second] {
            killed.signal("KILL");
            killed.wait();
        }
        assert!(landed() < number, "all had landed before kill {part}");
    }
    let _last = service(&database, folder.path());
    let started = Instant::now();
    while landed() < number {
        assert!(started.elapsed() < dfa_tests::DEADLINE, "files do not land: {}", landed());
        std::thread::sleep(Duration::from_millis(20));
    }
    let sums = "select concat_ws(' ', count(*), count(distinct shop), sum(amount),
        (select count(*) from dfa.task_process where process_module = 'data|ingestion' and status = 0)) from ai.src_sale";
    assert_eq!(ready::value(&database, sums), format!("{} {number} {} {number}", number * 2, number * 3));
    // In order: whatever died, no file landed before the one whose name comes before.
    let order = "select bool_and(shop::int >= before) from (select shop, lag(shop::int, 1, 0) over (order by id) as before from ai.src_sale) as pairs";
    assert_eq!(ready::value(&database, order), "t");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}
