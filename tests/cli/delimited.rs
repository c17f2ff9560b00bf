//! `dfa load` of CSV: what COPY would say of a file is said, and nothing is loaded.

use crate::landing::Landing;
use dfa_tests::{dfa, peak_memory};
use std::process::{Command, Stdio};

#[test]
fn a_stray_quote_does_not_eat_the_rest_of_the_file() {
    let landing = Landing::of("csv_quote", "id: bigint, name: text");
    let mut text = "id,name\n".to_owned();
    for number in 2..=5000 {
        text.push_str(&if number == 2500 {
            "2500,\"monitor 23\n".to_owned()
        } else {
            format!("{number},b\n")
        });
    }
    for options in [vec![], vec!["--on-error", "skip"]] {
        landing
            .load("a.csv", &text, &options)
            .assert_failure(1, &["line 2500: unterminated CSV quoted field"]);
        landing
            .load("b.csv", "id,name\n32,\"a\"b\n33,c\n", &options)
            .assert_failure(1, &["line 2: something stands behind the quote that closes value 2"]);
    }
    assert!(landing.rows().is_empty());
    landing.load("c.csv", "id,name\n1,5\" pipe\n2,\"6\"\" pipe\"\n", &[]).assert_success();
    assert_eq!(landing.rows(), ["(1,\"5\"\" pipe\")", "(2,\"6\"\" pipe\")"]);
}

#[test]
fn an_open_quote_costs_no_memory() {
    let landing = Landing::of("csv_endless", "id: bigint, name: text");
    let script = "(printf 'id,name\\n1,\"'; head -c 400000000 /dev/zero | tr '\\0' x)";
    let mut source = Command::new("sh").args(["-c", script]).stdout(Stdio::piped()).spawn().unwrap();
    let mut load = Command::new(dfa_tests::binary());
    load.args(["load", "-t", "src_c", "-f", "-"]).env_clear().envs(landing.database.env());
    load.stdin(source.stdout.take().unwrap()).stderr(Stdio::piped()).stdout(Stdio::null());
    let child = load.spawn().unwrap();
    let pid = child.id();
    let peak = std::thread::spawn(move || {
        let mut peak = 0;
        loop {
            match peak_memory(pid) {
                0 => return peak,
                memory => peak = memory.max(peak),
            }
            std::thread::yield_now();
        }
    });
    let output = child.wait_with_output().unwrap();
    let _ = source.kill();
    let _ = source.wait();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("line 2: unterminated CSV quoted field"), "{told}");
    let peak = peak.join().unwrap();
    assert!(peak < 200_000, "{peak} kB");
}

#[test]
fn bytes_that_are_no_text_are_refused_with_their_place() {
    let landing = Landing::of("csv_bytes", "id: bigint, name: text");
    let wide = |units: &[u16]| units.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<u8>>();
    let mut surrogate: Vec<u16> = "\u{feff}id,name\n1,a".encode_utf16().collect();
    surrogate.extend([0xd800, u16::from(b'\n')]);
    let mut odd = wide(&"\u{feff}id,name\n1,a\n".encode_utf16().collect::<Vec<u16>>());
    odd.push(b'x');
    for (name, bytes, place) in [
        ("a.csv", b"id,name\n1,ok\n2,M\xfcller\n".to_vec(), "line 3, column 4: 0xfc is not valid UTF-8"),
        ("a.ndjson", b"{\"id\":1,\"name\":\"caf\xe9\"}\n".to_vec(), "line 1, column 20: 0xe9"),
        ("b.csv", wide(&surrogate), "line 2, column 4: "),
        ("c.csv", odd, "line 3, column 1: 0x78 is not valid UTF-16LE"),
    ] {
        landing.load(name, bytes, &["--on-error", "skip"]).assert_failure(1, &[place, "See --encoding."]);
    }
    assert!(landing.rows().is_empty());
}

#[test]
fn null_is_what_has_no_quotes_as_for_copy() {
    let landing = Landing::of("csv_null", "id: bigint, name: text not null");
    landing
        .load("a.csv", "id,name\n1,\"\"\n,\"NA\"\n3,NA\n4,\n", &["--null", "NA", "--on-error", "skip"])
        .assert_success();
    assert_eq!(landing.rows(), ["(,NA)", "(1,\"\")"]);
    landing
        .load("b.csv", "id,name\n\"\",\"x\"\n", &[])
        .assert_failure(1, &["line 2: column id: '' is not an integer", "--force-null"]);
    landing.load("b.csv", "id,name\n\"\",\"x\"\n", &["--force-null"]).assert_success();
    assert_eq!(landing.rows(), ["(,NA)", "(,x)", "(1,\"\")"]);
}

#[test]
fn a_file_of_one_column_has_its_empty_lines() {
    let landing = Landing::of("csv_single", "name: text");
    landing.load("a.csv", "name\nx\n\n\"\"\n", &[]).assert_success();
    assert_eq!(landing.rows(), ["(\"\")", "()", "(x)"]);
}

#[test]
fn lines_end_alike_or_the_file_is_refused() {
    let landing = Landing::of("csv_lines", "id: bigint, name: text");
    landing.load("old.csv", "id,name\r1,a\r2,b\r", &[]).assert_success();
    landing.load("mixed.csv", "id,name\r\n3,c\n4,d\r\n", &[]).assert_success();
    landing
        .load("return.csv", "id,name\n5,a\rb\n", &[])
        .assert_failure(1, &["line 2: unquoted carriage return found in data"]);
    assert_eq!(landing.rows(), ["(1,a)", "(2,b)", "(3,c)", "(4,d)"]);
}

#[test]
fn headings_are_names_without_blanks_and_marks_each_once() {
    let landing = Landing::of("csv_headings", "id: bigint, name: text");
    landing.load("a.csv", "\u{feff}id , name\n1,a\n", &[]).assert_success();
    landing
        .load("b.csv", "id,name,name\n1,first,second\n", &[])
        .assert_failure(1, &["the file has two columns for 'name'"]);
    assert_eq!(landing.rows(), ["(1,a)"]);
}

#[test]
fn another_delimiter_and_words_for_null_are_guessed_at() {
    let landing = Landing::of("csv_hints", "id: bigint, sold_at: timestamp not null, amount: numeric");
    landing
        .load("a.csv", "id;sold_at;amount\n1;2021-01-01 10:00:00;2\n", &[])
        .assert_failure(1, &["the file has one column: 'id;sold_at;amount'", "--delimiter ';'"]);
    landing
        .load("b.csv", "id,sold_at,amount\n1,2021-01-01 10:00:00,NA\n", &[])
        .assert_failure(1, &["line 2: column amount: 'NA' is not a number", "--null 'NA'"]);
}

#[test]
fn a_row_that_the_server_refuses_is_told_by_its_line_in_the_file() {
    let landing = Landing::with(
        "csv_lines_of_file",
        "src_c: {create: {features: {id: bigint, u: uuid, name: text}, primary_key: id}}",
    );
    // Two lines of one row, a blank one, a value that the server is asked about in between.
    let text = "id,u,name\n1,,\"a\nb\"\n\n2,{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11},c\n2,,d\n";
    landing.load("a.csv", text, &[]).assert_failure(1, &["duplicate key", "COPY src_c, line 6"]);
    let (first, second) = (landing.file("1.csv", "id\n7\n"), landing.file("2.csv", "id\n8\n7\n"));
    dfa(&landing.database, &["load", "-t", "src_c", &first, &second])
        .assert_failure(1, &["2.csv: COPY src_c, line 3"]);
    assert!(landing.rows().is_empty());
}
