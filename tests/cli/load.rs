//! `dfa load`

use dfa_tests::{dfa, Answer, Cluster, Database};
use std::io::Write;
use std::process::{Command, Stdio};
use tempfile::TempDir;

const CATALOG: &str = r"
src_sale:
  create:
    features:
      id: serial
      day: date not null
      item: varchar( 8 )
      amount: numeric( 8, 2 )
      pieces: smallint
      note: text default 'none'
      seen: timestamp
    primary_key: id
  retention: {column: day, months: 0}
ai_day:
  create: {features: {day: date primary key}}
  update: {fill: {statement: 'insert into {ai_schema_name}.ai_day select distinct day from {ai_schema_name}.src_sale on conflict do nothing'}}
";

struct Ground {
    database: Database,
    folder: TempDir,
}

impl Ground {
    fn new(name: &str) -> Ground {
        let database = Cluster::shared().database(name);
        let mut client = database.connect();
        client.query("select * from dfa.load_catalog($1)", &[&CATALOG]).unwrap();
        client.query("select * from dfa.setup(run_date => '2021-01-01')", &[]).unwrap();
        Ground { database, folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn load(&self, file: &str, more: &[&str]) -> Answer {
        dfa(&self.database, &[&["load", "-f", file, "-t", "src_sale"], more].concat())
    }

    /// `day|item|amount|pieces|note` of each row.
    fn rows(&self) -> Vec<String> {
        let sql = "select concat_ws('|', day, coalesce(item, 'null'), amount, pieces, note) from ai.src_sale order by id";
        self.database.connect().query(sql, &[]).unwrap().iter().map(|row| row.get(0)).collect()
    }
}

/// What a program makes of bytes.
fn piped(program: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child =
        Command::new(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap().stdout
}

#[test]
fn columns_come_by_header_in_any_order_and_case_and_the_others_get_their_defaults() {
    let ground = Ground::new("load_header");
    let file = ground.file("a.csv", "Amount,DAY,item\n1.50,2021-01-01,\"a,\"\"b\"\"\"\n,2021-01-02,\n");
    let answer = ground.load(&file, &[]);
    assert!(
        answer.assert_success().stdout.starts_with("Success: Load 2 rows to 'src_sale' in "),
        "{}",
        answer.stdout
    );
    assert_eq!(ground.rows(), ["2021-01-01|a,\"b\"|1.50|none", "2021-01-02|null|none"]);
}

#[test]
fn real_csv_is_messy() {
    let ground = Ground::new("load_messy");
    for (name, text, options) in [
        ("semicolon.csv", "day;item\n2021-01-01;a\n", vec!["--delimiter", ";"]),
        ("tab.csv", "day\titem\n2021-01-02\t\"b\n", vec!["--delimiter", "\\t", "--quote", "none"]),
        ("wide.csv", "day¦item\n2021-01-03¦c,c\n", vec!["--delimiter", "¦"]),
        ("null.csv", "day,item\n2021-01-04,NULL\n", vec!["--null", "NULL"]),
        ("breaks.csv", "day,item\r\n2021-01-05,\"d\nd\"\r\n", vec![]),
        ("position.csv", "1000001,2021-01-06,e\n", vec!["--header", "no"]),
        ("last.csv", "day,note\n2021-01-07,x,y,z\n", vec!["--extra", "last"]),
        ("text_dates.csv", "day,item\n\"Jan 8, 2021\",f\n", vec![]),
    ] {
        let file = ground.file(name, text);
        ground.load(&file, &options).assert_success();
    }
    assert_eq!(
        ground.rows(),
        [
            "2021-01-01|a|none",
            "2021-01-02|\"b|none",
            "2021-01-03|c,c|none",
            "2021-01-04|null|none",
            "2021-01-05|d\nd|none",
            "2021-01-06|e|none",
            "2021-01-07|null|x,y,z",
            "2021-01-08|f|none",
        ]
    );
}

#[test]
fn any_encoding_is_read() {
    let ground = Ground::new("load_encoding");
    let file = ground.file("latin.csv", b"day,item\n2021-01-01,\xfcml\n");
    ground.load(&file, &["--encoding", "windows-1252"]).assert_success();
    let utf16: Vec<u8> =
        "\u{feff}day,item\n2021-01-02,ü€\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    ground.load(&ground.file("wide.csv", utf16), &[]).assert_success();
    ground.load(&ground.file("mark.csv", "\u{feff}day,item\n2021-01-03,x\n"), &[]).assert_success();
    assert_eq!(ground.rows(), ["2021-01-01|üml|none", "2021-01-02|ü€|none", "2021-01-03|x|none"]);
}

#[test]
fn compression_is_seen_by_its_first_bytes() {
    let ground = Ground::new("load_compression");
    let text = "day,item\n2021-01-01,a\n".as_bytes();
    for (program, arguments) in [("gzip", vec!["-c"]), ("bzip2", vec!["-c"]), ("xz", vec!["-c"])] {
        let file = ground.file(program, piped(program, &arguments, text));
        ground.load(&file, &["--format", "csv"]).assert_success();
    }
    assert_eq!(ground.rows().len(), 3);
}

#[test]
fn every_refused_row_is_named_and_nothing_is_loaded() {
    let ground = Ground::new("load_refused");
    let text =
        "day,item,amount,pieces\n2021-01-01,ok,1,1\n2021-02-30,x,1,1\n,x,1,1\n2021-01-04,toolongtext,1,1\n\
                2021-01-05,x,abc,1\n2021-01-06,x,1234567.00,1\n2021-01-07,x,1,70000\n2021-01-08,x\n";
    let answer = ground.load(&ground.file("a.csv", text), &[]);
    answer.assert_failure(
        1,
        &[
            "7 rows were refused; nothing was loaded into 'src_sale'",
            "line 3: column day: '2021-02-30' is refused: date/time field value out of range",
            "line 4: column day: a value is missing, and the column takes no null",
            "line 5: column item: 'toolongtext' has 11 characters, and 8 fit",
            "line 6: column amount: 'abc' is not a number",
            "line 7: column amount: '1234567.00' is refused: numeric field overflow",
            "line 8: column pieces: '70000' is not from -32768 to 32767",
            "line 9: has 2 values, and 4 belong there",
            "HINT: Correct the rows, or load the others with --on-error skip.",
        ],
    );
    assert!(ground.rows().is_empty());
}

#[test]
fn good_rows_are_loaded_when_bad_ones_are_to_be_skipped() {
    let ground = Ground::new("load_skip");
    let file = ground.file("a.csv", "day,pieces\n2021-01-01,1\nnever,2\n2021-01-03,x\n2021-01-04,4\n");
    let rejects = ground.folder.path().join("rejects.ndjson");
    let answer = ground.load(&file, &["--on-error", "skip", "--rejects", rejects.to_str().unwrap()]);
    assert!(answer.assert_success().stdout.contains("Load 2 rows") && answer.stdout.contains("2 refused"));
    assert_eq!(ground.rows(), ["2021-01-01|null|1|none", "2021-01-04|null|4|none"]);
    let lines = std::fs::read_to_string(rejects).unwrap();
    let first: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!((lines.lines().count(), &first["column"], &first["line"]), (2, &"pieces".into(), &4.into()));
}

#[test]
fn headers_that_the_table_does_not_have_are_refused_with_a_suggestion() {
    let ground = Ground::new("load_unknown");
    ground
        .load(&ground.file("a.csv", "day,amuont\n2021-01-01,1\n"), &[])
        .assert_failure(1, &["a column 'amuont'", "'amount'"]);
    ground.load(&ground.file("b.csv", "item\nx\n"), &[]).assert_failure(1, &["the file has no column day"]);
}

#[test]
fn ndjson_keeps_values_byte_for_byte() {
    let ground = Ground::new("load_ndjson");
    let text =
        "{\"day\":\"2021-01-01\",\"note\":\"'; drop table x; -- \\\\ \\t \\u00e9😀\",\"amount\":1.10}\n\n\
                {\"amount\":null,\"day\":\"2021-01-02\",\"note\":\"\"}\n";
    ground.load(&ground.file("a.ndjson", text), &[]).assert_success();
    assert_eq!(ground.rows(), ["2021-01-01|null|1.10|'; drop table x; -- \\ \t é😀", "2021-01-02|null|"]);
    let broken = ground.file("b.ndjson", "{\"day\":\"2021-01-01\"}\n{\"day\": \n{\"dya\":\"2021-01-01\"}\n");
    ground.load(&broken, &[]).assert_failure(
        1,
        &["line 2: this is not a JSON object", "line 3: column dya: the table has no column 'dya'"],
    );
}

#[test]
fn parquet_is_loaded_as_it_is() {
    let database = Cluster::shared().database("load_parquet");
    let set = concat!(env!("CARGO_MANIFEST_DIR"), "/../catalog/retail");
    dfa(&database, &["init", "--catalog", set, "--run-date", "2017-01-01"]).assert_success();
    let file = format!("{set}/data/sample/transactions.parquet");
    let report =
        dfa(&database, &["--json", "load", "-f", &file, "-t", "src_transaction"]).assert_success().json();
    let mut client = database.connect();
    let count: i64 = client.query_one("select count(*) from ai.src_transaction", &[]).unwrap().get(0);
    assert_eq!(report["rows"], count);
    assert!(count > 10_000);
}

#[test]
fn a_load_is_logged_and_makes_what_was_read_before_stale() {
    let ground = Ground::new("load_ledger");
    ground.load(&ground.file("a.csv", "day\n2021-01-02\n"), &[]).assert_success();
    let mut client = ground.database.connect();
    client.query("select * from dfa.run_table('ai_day', '2021-01-04')", &[]).unwrap();
    ground.load(&ground.file("b.csv", "day\n2021-01-02\n2021-01-03\n"), &[]).assert_success();
    let stale = client
        .query("select interval_start::text from dfa.gaps('ai_day') where state = 'stale'", &[])
        .unwrap();
    let stale: Vec<String> = stale.iter().map(|row| row.get(0)).collect();
    assert_eq!(stale, ["2021-01-02", "2021-01-03"]);
    let logged: Vec<i64> = client
        .query("select row_record from dfa.data_logging where action_type = 'ingestion' order by id", &[])
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(logged, [1, 2]);
}

#[test]
fn truncate_and_load_are_one_transaction() {
    let ground = Ground::new("load_truncate");
    ground.load(&ground.file("a.csv", "day\n2021-01-01\n"), &[]).assert_success();
    ground.load(&ground.file("b.csv", "day\nnever\n"), &["--truncate"]).assert_failure(1, &["never"]);
    assert_eq!(ground.rows().len(), 1);
    ground.load(&ground.file("c.csv", "day\n2021-01-05\n2021-01-06\n"), &["--truncate"]).assert_success();
    assert_eq!(ground.rows().len(), 2);
}

#[test]
fn a_broken_constraint_is_told_with_its_row() {
    let ground = Ground::new("load_constraint");
    let file = ground.file("a.csv", "id,day\n1,2021-01-01\n1,2021-01-02\n");
    ground
        .load(&file, &[])
        .assert_failure(1, &["duplicate key", "nothing was loaded", "COPY src_sale, line 3"]);
    assert!(ground.rows().is_empty());
}

#[test]
fn rows_of_months_without_a_partition_get_one() {
    let ground = Ground::new("load_months");
    let mut client = ground.database.connect();
    client
        .batch_execute(
            "select * from dfa.load_catalog('src_month: {create: {features: {day: date, n: int}, partition_by_range: [day]}}');
             select * from dfa.setup('src_month', run_date => '2021-01-01')",
        )
        .unwrap();
    let file = ground.file("months.csv", "day,n\n2021-01-05,1\n2031-05-01,2\n2031-05-31,3\n1995-02-01,4\n");
    dfa(&ground.database, &["load", "-f", &file, "-t", "src_month"]).assert_success();
    let places = "select string_agg(tableoid::regclass || ' ' || n, ', ' order by n) from ai.src_month";
    let places: String = client.query_one(places, &[]).unwrap().get(0);
    assert_eq!(
        places,
        "ai.src_month_p2021_01 1, ai.src_month_p2031_05 2, ai.src_month_p2031_05 3, ai.src_month_p1995_02 4"
    );
}

#[test]
fn of_two_files_with_the_same_keys_in_other_orders_one_goes_in_and_the_other_says_which_key() {
    let ground = Ground::new("load_same_keys");
    let file = |name: &str, ids: &mut dyn Iterator<Item = u32>| {
        let lines: String = ids.map(|id| format!("{id},2021-02-01\n")).collect();
        ground.file(name, format!("id,day\n{lines}"))
    };
    let up = file("up.csv", &mut (1..=20_000));
    let down = file("down.csv", &mut (1..=20_000).rev());
    let mut client = ground.database.connect();
    client.batch_execute("begin; lock table ai.src_sale in share row exclusive mode").unwrap();
    let (one, other) = std::thread::scope(|scope| {
        let one = scope.spawn(|| ground.load(&up, &[]));
        let other = scope.spawn(|| ground.load(&down, &[]));
        client.batch_execute("commit").unwrap();
        (one.join().unwrap(), other.join().unwrap())
    });
    let (done, refused) = if one.code == 0 { (one, other) } else { (other, one) };
    assert_eq!((done.code, refused.code), (0, 1), "{done:?}\n{refused:?}");
    assert!(refused.stderr.contains("23505") && refused.stderr.contains("already exists"), "{refused:?}");
    assert_eq!(ground.rows().len(), 20_000);
}

#[test]
fn a_table_that_is_held_for_too_long_is_told_with_who_holds_it() {
    let ground = Ground::new("load_held");
    let file = ground.file("a.csv", "id,day\n1,2021-02-01\n");
    let mut holder = ground.database.connect();
    let name = ground.database.quoted_name();
    holder.batch_execute(&format!("alter database {name} set dfa.lock_timeout = '200ms'")).unwrap();
    holder.batch_execute("set application_name = 'somebody'").unwrap();
    holder.batch_execute("begin; lock table ai.src_sale").unwrap();
    for more in [&[][..], &["--truncate"]] {
        let answer = ground.load(&file, more);
        assert_eq!(answer.code, 1, "{answer:?}");
        for word in ["55P03", "(somebody)", "dfa.lock_timeout"] {
            assert!(answer.stderr.contains(word), "{answer:?}");
        }
    }
    // A key that another transaction has put in, and may still take back.
    holder
        .batch_execute("rollback; begin; insert into ai.src_sale (id, day) values (1, '2021-02-01')")
        .unwrap();
    let answer = ground.load(&file, &[]);
    assert!(answer.code == 1 && answer.stderr.contains("(somebody)"), "{answer:?}");
    holder.batch_execute("rollback").unwrap();
    assert_eq!(ground.load(&file, &[]).code, 0);
}
