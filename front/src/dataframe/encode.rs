//! A result as the text form of COPY: each value is read by the input function of the column that it is for, as a quoted
//! literal in a VALUES list is.

use super::frame::Frame;
use super::function::Note;

/// The rows from `from` on, up to about this many bytes, and the row after them.
pub fn rows(frame: &Frame, from: usize, bytes: usize) -> (String, usize) {
    let mut text = String::with_capacity(bytes + 1024);
    let mut row = from;
    while row < frame.rows() && text.len() < bytes {
        for (place, column) in frame.columns.iter().enumerate() {
            if place > 0 {
                text.push('\t');
            }
            put(column.values.text(row).as_deref(), &mut text);
        }
        text.push('\n');
        row += 1;
    }
    (text, row)
}

/// Notes of a step as rows of `dfa.dataframe_note`.
pub fn notes(step: i64, process: &str, notes: &[Note]) -> String {
    let mut text = String::new();
    for note in notes {
        put(Some(&step.to_string()), &mut text);
        let rest = [
            Some(process),
            Some(&note.id),
            note.model.as_deref(),
            note.errors.as_deref(),
            note.reason.as_deref(),
        ];
        for value in rest {
            text.push('\t');
            put(value, &mut text);
        }
        text.push('\n');
    }
    text
}

fn put(value: Option<&str>, into: &mut String) {
    let Some(value) = value else { return into.push_str("\\N") };
    for letter in value.chars() {
        match letter {
            '\\' => into.push_str("\\\\"),
            '\t' => into.push_str("\\t"),
            '\n' => into.push_str("\\n"),
            '\r' => into.push_str("\\r"),
            letter => into.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataframe::frame::{Column, Values};

    #[test]
    fn what_copy_gives_a_meaning_is_escaped() {
        let values = ["o'b", "a\tb", "\\N", "c\r\nd", ""].map(|it| Some(it.into())).into_iter().chain([None]);
        let frame = Frame { columns: vec![Column::new("id", Values::Text(values.collect()))] };
        assert_eq!(rows(&frame, 0, 1000), ("o'b\na\\tb\n\\\\N\nc\\r\\nd\n\n\\N\n".to_owned(), 6));
        assert_eq!(rows(&frame, 4, 1).1, 5);
    }
}
