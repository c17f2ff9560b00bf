//! The file `.env`: lines `NAME=value` as shells have them, or a map `NAME: value` as YAML has it.

use crate::failure::{Failure, Result};
use dfa_catalog::tree::{from_yaml, Key, Node, Value};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Puts what `.env` of the current folder, or of the nearest one above it that has one, says into the environment, which
/// wins where it has the name.
///
/// # Errors
/// A file that cannot be read or understood. No message shows a line of it, since it may be a secret.
pub fn load() -> Result<()> {
    let Some(file) = nearest() else { return Ok(()) };
    let text = std::fs::read_to_string(&file)
        .map_err(|error| Failure::usage(format!("{} cannot be read: {error}", file.display())))?;
    // What editors of Windows put before the first line.
    let text = text.trim_start_matches('\u{feff}').to_owned();
    let settings = of_shell(&text).or_else(|line| {
        of_yaml(&text).ok_or_else(|| {
            Failure::usage(format!("{}, line {line}, is not a setting", file.display()))
                .hint("Write NAME=value in each line, or NAME: value in each.")
        })
    })?;
    // Of a name that comes twice the last one counts, as in shells.
    let settings: BTreeMap<String, String> = settings.into_iter().collect();
    for (name, value) in settings {
        if std::env::var_os(&name).is_none() {
            std::env::set_var(name, value);
        }
    }
    Ok(())
}

fn nearest() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().map(|folder| folder.join(".env")).find(|file| file.is_file())
}

/// Names and values, else the number of the line that is none.
fn of_shell(text: &str) -> std::result::Result<Vec<(String, String)>, usize> {
    let text = &plain_dollars(text);
    dotenvy::from_read_iter(text.as_bytes()).collect::<dotenvy::Result<_>>().map_err(|error| match error {
        // With an open quote, what is wrong is all that follows.
        dotenvy::Error::LineParse(wrong, _) => match text.find(wrong.trim_end()) {
            Some(place) => text[..place].lines().count() + 1,
            None => 1,
        },
        _ => 1,
    })
}

/// A dollar is a dollar: a password that holds one must not become another in silence. The library would put the value of
/// another name there, except in single quotes and after a backslash.
fn plain_dollars(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let (mut quote, mut escaped, mut comment, mut before) = (None, false, false, '\n');
    for letter in text.chars() {
        comment = match letter {
            '\n' => false,
            '#' if quote.is_none() && before.is_whitespace() => true,
            _ => comment,
        };
        if !comment && !escaped {
            match letter {
                '\'' | '"' if quote.is_none() => quote = Some(letter),
                _ if quote == Some(letter) => quote = None,
                '$' if quote != Some('\'') => plain.push('\\'),
                _ => {}
            }
        }
        escaped = letter == '\\' && !escaped && quote != Some('\'');
        before = letter;
        plain.push(letter);
    }
    plain
}

fn of_yaml(text: &str) -> Option<Vec<(String, String)>> {
    let documents = from_yaml(text).ok()?;
    let [document] = documents.as_slice() else { return None };
    let Value::Map(entries) = &document.value else { return None };
    let setting = |(name, node): &(Key, Node)| {
        let value = match &node.value {
            Value::Scalar { text, .. } => text.clone(),
            Value::Null => String::new(),
            _ => return None,
        };
        let is_name = name.text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        (is_name && !name.text.is_empty() && !value.contains('\0')).then(|| (name.text.clone(), value))
    };
    entries.iter().map(setting).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn both_forms_are_read() {
        let shell = "# comment\nexport DB_HOST=a\nDB_PASS=\"b # c\"\nDB_PORT=\n";
        assert_eq!(of_shell(shell), Ok(pairs(&[("DB_HOST", "a"), ("DB_PASS", "b # c"), ("DB_PORT", "")])));
        let yaml = "# comment\nDB_HOST: \"a\"\nSSH_FLAG: True\nDB_PASS: 'b # c'\nDB_PORT: 5432\nX:\n";
        let known =
            [("DB_HOST", "a"), ("SSH_FLAG", "True"), ("DB_PASS", "b # c"), ("DB_PORT", "5432"), ("X", "")];
        assert_eq!(of_yaml(yaml), Some(pairs(&known)));
        assert_eq!(of_shell(yaml), Err(2));
    }

    #[test]
    fn a_dollar_is_a_dollar_wherever_it_stands() {
        let text = "A=key$dotenv$1234\n# it's a comment with $A\nB=\"x${A}y\"\nC='$A'\nD=a\\$b # $A\n";
        let known = [("A", "key$dotenv$1234"), ("B", "x${A}y"), ("C", "$A"), ("D", "a$b")];
        assert_eq!(of_shell(text), Ok(pairs(&known)));
    }

    #[test]
    fn what_is_neither_is_none() {
        for text in ["just words", "a: [1]", "- a: b", "a b: c", "a: \"\\0\"", ""] {
            assert_eq!(of_yaml(text), None, "{text}");
        }
        assert_eq!(of_shell("A=1\nB=2\nsome words\n"), Err(3));
        assert_eq!(of_shell("A=1\nB='open\nC=3\n"), Err(2));
    }
}
