//! Access to maps by key and alias, and to scalars by what is expected of them.

use super::findings::{did_you_mean, At, Findings};
use crate::tree::{Node, Value};

/// The keys of a map: the canonical name of each with its aliases.
pub type Known = &'static [&'static [&'static str]];

/// A map whose keys were checked.
pub struct Fields<'n> {
    at: At<'n>,
    known: Known,
}

impl<'n> Fields<'n> {
    /// Opens a map. A key that is not known is a warning; one key under two aliases is an error.
    pub fn open(at: &At<'n>, known: Known, findings: &mut Findings) -> Option<Self> {
        let entries = map(at, findings)?;
        for (index, (name, field)) in entries.iter().enumerate() {
            let group = known.iter().find(|group| group.contains(name));
            let Some(group) = group else {
                let hint = super::misplaced::hint(name, known)
                    .or_else(|| did_you_mean(name, known.iter().flat_map(|group| group.iter().copied())));
                findings.warning(field, format!("key '{name}' is not known and has no effect"), hint);
                continue;
            };
            if let Some((first, _)) = entries[..index].iter().find(|(first, _)| group.contains(first)) {
                findings.error(field, format!("'{name}' and '{first}' are the same key; give one of them"));
            }
        }
        Some(Fields { at: at.clone(), known })
    }

    /// The value of a key by its canonical name, unless it is blank.
    pub fn get(&self, name: &str) -> Option<At<'n>> {
        self.given(name).filter(|at| !at.node.is_null())
    }

    /// The value of a key by its canonical name, also when it is blank.
    pub fn given(&self, name: &str) -> Option<At<'n>> {
        let group = self.known.iter().find(|group| group.first() == Some(&name))?;
        let Value::Map(entries) = &self.at.node.value else {
            return None;
        };
        let (key, node) = entries.iter().find(|(key, _)| group.contains(&key.text.as_str()))?;
        Some(below(&self.at, &key.text, (key.line, key.column), node))
    }
}

fn below<'n>(at: &At<'n>, key: &str, place: (usize, usize), node: &'n Node) -> At<'n> {
    let found = at.below(key, node);
    // A key tells a reader more than the line of its value, and a merged one has no place.
    if place.0 == 0 {
        found
    } else {
        At { line: place.0, column: place.1, ..found }
    }
}

/// The entries of a map with their places; an error if it is none.
pub fn map<'n>(at: &At<'n>, findings: &mut Findings) -> Option<Vec<(&'n str, At<'n>)>> {
    match &at.node.value {
        Value::Map(entries) => Some(
            entries
                .iter()
                .map(|(key, node)| (key.text.as_str(), below(at, &key.text, (key.line, key.column), node)))
                .collect(),
        ),
        _ => {
            findings.error(at, format!("a map belongs here, and this is {}", at.node.describe()));
            None
        }
    }
}

/// The items of a list with their places, from 1; anything else is a list of itself.
pub fn items<'n>(at: &At<'n>) -> Vec<At<'n>> {
    match &at.node.value {
        Value::List(items) => {
            items.iter().enumerate().map(|(index, item)| at.below(&(index + 1).to_string(), item)).collect()
        }
        Value::Null => Vec::new(),
        _ => vec![at.clone()],
    }
}

/// The entries of a list, or of a map by their names; anything else is an entry of its own.
pub fn entries<'n>(at: &At<'n>, findings: &mut Findings) -> Vec<(Option<&'n str>, At<'n>)> {
    match &at.node.value {
        Value::Map(_) => {
            map(at, findings).unwrap_or_default().into_iter().map(|(name, item)| (Some(name), item)).collect()
        }
        _ => items(at).into_iter().map(|item| (None, item)).collect(),
    }
}

/// [`entries`] of a list or a map; an error if it is neither.
pub fn named_entries<'n>(at: &At<'n>, findings: &mut Findings) -> Vec<(Option<&'n str>, At<'n>)> {
    if let Value::Scalar { .. } = at.node.value {
        map(at, findings);
        return Vec::new();
    }
    entries(at, findings)
}

/// A scalar as text.
pub fn text<'n>(at: &At<'n>, findings: &mut Findings) -> Option<&'n str> {
    match &at.node.value {
        Value::Scalar { text, .. } => Some(text),
        _ => {
            findings.error(at, format!("a text belongs here, and this is {}", at.node.describe()));
            None
        }
    }
}

/// One of a few words, in any case.
pub fn word<T: Copy>(at: &At<'_>, words: &[(&str, T)], findings: &mut Findings) -> Option<T> {
    let given = text(at, findings)?.trim();
    let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(given));
    if found.is_none() {
        let list = words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
        findings.error(at, format!("'{given}' is none of {list}"));
    }
    found.map(|(_, value)| *value)
}

/// A flag, in the words of YAML 1.1.
pub fn flag(at: &At<'_>, findings: &mut Findings) -> Option<bool> {
    let words = [
        ("true", true),
        ("false", false),
        ("yes", true),
        ("no", false),
        ("y", true),
        ("n", false),
        ("on", true),
        ("off", false),
    ];
    word(at, &words, findings)
}

/// A number that parses as `T`.
pub fn number<T: std::str::FromStr>(at: &At<'_>, what: &str, findings: &mut Findings) -> Option<T> {
    let given = text(at, findings)?.trim();
    let number = given.parse().ok();
    if number.is_none() {
        findings.error(at, format!("'{given}' is not {what}"));
    }
    number
}

/// A number of things from 0 to as many as the database can hold or a calendar has.
pub fn count(at: &At<'_>, of: &str, most: u32, findings: &mut Findings) -> Option<u32> {
    let given: u64 = number(at, &format!("a number of {of}, 0 or more"), findings)?;
    let found = u32::try_from(given).ok().filter(|found| *found <= most);
    if found.is_none() {
        findings.error(at, format!("{given} {of} are more than {most}, the most that there can be"));
    }
    found
}

/// A priority: any finite number.
pub fn priority(at: &At<'_>, findings: &mut Findings) -> Option<f64> {
    let number: f64 = number(at, "a number", findings)?;
    if !number.is_finite() {
        findings.error(at, format!("a priority is a finite number, and this is {number}"));
        return None;
    }
    Some(number)
}

/// The name of an entry: its key in a map, its `name` in a list. Where both are given they are the same.
pub fn name_beside_key<'n>(
    key: Option<&'n str>,
    given: Option<&At<'n>>,
    findings: &mut Findings,
) -> Option<Option<&'n str>> {
    let Some(given) = given else {
        return Some(key);
    };
    let name = text(given, findings)?;
    if let Some(key) = key.filter(|key| key.trim() != name.trim()) {
        let message = format!("the key says '{key}' and `name` says '{name}'; give one of them");
        findings.error(given, message);
        return None;
    }
    Some(Some(key.unwrap_or(name)))
}

/// Labels: a list, one text with commas, or a map by position.
pub fn names(at: &At<'_>, findings: &mut Findings) -> Vec<String> {
    let places = match &at.node.value {
        Value::Map(_) => by_position(at, findings),
        _ => items(at),
    };
    let is_list = matches!(at.node.value, Value::List(_) | Value::Map(_));
    let mut names = Vec::new();
    for place in places {
        let Some(given) = text(&place, findings) else {
            continue;
        };
        let parts: Vec<&str> = if is_list { vec![given] } else { given.split(',').collect() };
        for part in parts.into_iter().map(str::trim) {
            match crate::name::label_fault(part) {
                Some(fault) => findings.error(&place, fault),
                None => names.push(part.to_owned()),
            }
        }
    }
    names
}

/// The values of a map whose keys are positions, in their order.
pub fn by_position<'n>(at: &At<'n>, findings: &mut Findings) -> Vec<At<'n>> {
    let mut found: Vec<(f64, At<'n>)> = Vec::new();
    for (key, value) in map(at, findings).unwrap_or_default() {
        match key.trim().parse::<f64>() {
            Ok(position) if position.is_finite() => found.push((position, value)),
            _ => findings.error(&value, format!("'{key}' is no position; number the entries from 1")),
        }
    }
    found.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    found.into_iter().map(|(_, value)| value).collect()
}
