//! What a name says by itself: prefix, short name, type, and which known name was meant.

/// The first word of a name: `ai` of `ai_article_master`.
pub fn prefix(name: &str) -> &str {
    name.split_once('_').map_or(name, |(prefix, _)| prefix)
}

/// The first letters of a name's words: `aam` for `ai_article_master`.
pub fn shortname(name: &str) -> String {
    name.split('_').filter_map(|word| word.chars().next()).collect()
}

/// Where the rows of a table come from, by its prefix: `external`, `internal` or `undefined`.
pub fn system_type(name: &str) -> &'static str {
    match prefix(name) {
        "src" | "imp" | "fn" => "external",
        "ai" | "ctr" => "internal",
        _ => "undefined",
    }
}

/// Splits `sql:ai_x` into its type and its name; a name without a type stays whole.
pub fn strip_type(name: &str) -> (Option<&str>, &str) {
    match name.split_once(':') {
        Some((kind @ ("sql" | "py" | "func"), bare)) => (Some(kind), bare.trim()),
        _ => (None, name),
    }
}

/// The place of the name that is meant: of the same one, else of the only one that is the same in another case.
pub fn place_in_any_case<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<usize> {
    if let Some(place) = known.clone().position(|it| it == name) {
        return Some(place);
    }
    let lower = name.to_lowercase();
    let mut alike = known.enumerate().filter(|(_, it)| it.to_lowercase() == lower);
    let (place, _) = alike.next()?;
    alike.next().is_none().then_some(place)
}

/// The known name that is nearest to a wrong one, if one is near enough to be meant.
pub fn suggest<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = wrong.to_lowercase();
    // Jaro-Winkler favours a common beginning, as names of one prefix have; 0.84 keeps out mere neighbours.
    known
        .map(|candidate| (strsim::jaro_winkler(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= 0.84)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// Why a text cannot be a label (of a process, pipeline, audit, tag), if it cannot: labels are of any length.
pub fn label_fault(label: &str) -> Option<String> {
    if label.trim().is_empty() {
        return Some("the name is empty".to_owned());
    }
    // What Postgres cannot store as text.
    label.contains('\0').then(|| format!("the name {label:?} holds a zero byte"))
}

/// Why a text cannot be the name of a table, column, view or function, if it cannot: Postgres keeps 63 bytes.
pub fn fault(name: &str) -> Option<String> {
    const MAX_BYTES: usize = 63;
    if name.trim().is_empty() {
        return Some("the name is empty".to_owned());
    }
    if name.chars().any(char::is_control) {
        return Some(format!("the name {name:?} holds a control character"));
    }
    if name.len() > MAX_BYTES {
        return Some(format!("the name '{name}' has {} bytes; Postgres keeps {MAX_BYTES}", name.len()));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_another_case_is_that_of_one_alone() {
        let place = |name| place_in_any_case(name, ["ab", "Ab", "Straße", "id"].into_iter());
        assert_eq!([place("ab"), place("Ab"), place("AB")], [Some(0), Some(1), None]);
        assert_eq!(
            [place("ID"), place("STRAßE"), place("strasse"), place("")],
            [Some(3), Some(2), None, None]
        );
    }

    #[test]
    fn a_name_says_its_prefix_shortname_and_system() {
        assert_eq!(prefix("ai_article_master"), "ai");
        assert_eq!(shortname("ai_article_master"), "aam");
        assert_eq!(system_type("src_transaction"), "external");
        assert_eq!(system_type("ctr_data_pipeline"), "internal");
        assert_eq!(system_type("plt_x"), "undefined");
    }

    #[test]
    fn a_type_is_split_off_only_when_it_is_one() {
        assert_eq!(strip_type("sql:ai_x"), (Some("sql"), "ai_x"));
        assert_eq!(strip_type("query:x"), (None, "query:x"));
    }

    #[test]
    fn the_nearest_name_is_suggested_and_a_far_one_is_not() {
        let known = ["statement", "parameter", "priority"];
        assert_eq!(suggest("statment", known.into_iter()), Some("statement"));
        assert_eq!(suggest("colour", known.into_iter()), None);
    }

    #[test]
    fn any_printable_text_is_a_name() {
        assert_eq!(fault("\"; drop table x; --"), None);
        assert!(fault(" ").is_some());
        assert!(fault("a\0b").is_some());
        assert!(fault(&"é".repeat(32)).is_some());
    }
}
