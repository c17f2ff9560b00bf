//! Whatever comes as CSV or JSON is read or refused, the same in one piece and byte by byte.

use super::csv::{Dialect, Reader, Record};
use super::json::Documents;
use super::Objects;
use crate::nearly::{cases, nearly};
use proptest::prelude::*;
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::io::{self, BufReader, Read};

const TABLES: &[&str] = &[
    "a,b,c\n1,\"two, three\",\n\"4 \"\" 5\",,\"\"\n",
    "a\r\n1\r\n\r\n2\r\n",
    "id;name\r1;x\r2;\"y\r\"\r",
    "\"a\nb\",c\n\"1\n2\",3",
];
const OBJECTS: &[&str] = &[
    "{\"a\": 1, \"b\": [1, {\"c\": null}]}\n{\"a\": 5.0e3, \"b\": \"\\ud83d\\ude00\"}\n",
    "[{\"a\": \"x\"}, {\"a\": \"\\\\\\\"\"},\n {\"a\": true}]",
    "{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}\n",
];
const PIECES: &[&[u8]] = &[
    b"\"",
    b"\"\"",
    b",",
    b";",
    b"\n",
    b"\r",
    b"\r\n",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"null",
    b"\0",
    b"\xff",
    b"\xc3",
    b"\xef\xbb\xbf",
    b"\\ud800",
    b" ",
    b"1e999",
];

/// Gives so many bytes at once.
struct Slowly<'t>(&'t [u8], usize);

impl Read for Slowly<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = self.1.min(buffer.len());
        self.0.read(&mut buffer[..most])
    }
}

/// Lines with what stands on them, and the fault that ended the reading.
type Told = (Vec<String>, Option<String>);

fn told(mut next: impl FnMut() -> io::Result<Option<String>>) -> Told {
    let mut found = Vec::new();
    loop {
        match next() {
            Ok(Some(line)) => found.push(line),
            Ok(None) => return (found, None),
            Err(error) => return (found, Some(error.to_string())),
        }
    }
}

fn records(text: &[u8], step: usize, dialect: Dialect) -> Told {
    let mut reader = Reader::new(Slowly(text, step), dialect);
    let mut record = Record::default();
    told(|| {
        if !reader.read(&mut record)? {
            return Ok(None);
        }
        let values: Vec<_> =
            record.values()?.map(|value| format!("{}{:?}", value.quoted, value.text)).collect();
        assert_eq!(values.len(), record.len());
        Ok(Some(format!("{} {values:?}", record.line)))
    })
}

fn documents(text: &[u8], step: usize) -> Told {
    let mut documents = Documents::new(BufReader::with_capacity(step, text));
    told(|| Ok(documents.next()?.map(|document| format!("{} {}", document.line, document.text))))
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_csv_is_the_same_in_pieces_of_any_size(
        text in nearly(TABLES, PIECES), step in 1..9usize, semicolon in any::<bool>(), quoted in any::<bool>()
    ) {
        let dialect = Dialect { delimiter: if semicolon { ';' } else { ',' }, quote: quoted.then_some(b'"') };
        prop_assert_eq!(records(&text, step, dialect), records(&text, usize::MAX, dialect));
    }

    #[test]
    fn what_is_written_as_csv_is_read_again(
        rows in proptest::collection::vec(proptest::collection::vec("[ -~é\n\r]{0,6}", 2..5), 1..5)
    ) {
        let quoted = |value: &String| format!("\"{}\"", value.replace('"', "\"\""));
        let lines: Vec<String> = rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",")).collect();
        let text = lines.join("\n");
        let mut reader = Reader::new(text.as_bytes(), Dialect::default());
        let mut record = Record::default();
        for row in &rows {
            prop_assert!(reader.read(&mut record).unwrap());
            let values: Vec<_> = record.values().unwrap().map(|value| value.text.to_owned()).collect();
            prop_assert_eq!(&values, row);
        }
        prop_assert!(!reader.read(&mut record).unwrap());
    }

    #[test]
    fn any_json_is_the_same_in_pieces_of_any_size(text in nearly(OBJECTS, PIECES), step in 1..9usize) {
        prop_assert_eq!(documents(&text, step), documents(&text, 8192));
    }

    #[test]
    fn any_csv_with_a_heading_gives_json_or_a_fault(text in nearly(TABLES, PIECES), as_json in any::<bool>()) {
        let json = if as_json { vec!["a".to_owned()] } else { Vec::new() };
        let mut objects = Objects::new(&text[..], json);
        let mut row = String::new();
        while let Ok(true) = objects.next(&mut row) {
            // Numbers of any size and halves of surrogate pairs are for PostgreSQL to judge.
            let object: Result<HashMap<String, Box<RawValue>>, _> = serde_json::from_str(&row);
            prop_assert!(object.is_ok(), "{:?}: {}", object, row);
        }
    }
}
