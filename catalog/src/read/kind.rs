//! What a definition is: its keys say, then its SQL, then its name, then its file and folder.

use super::findings::{At, Findings};
use super::{pipeline, routine, table};
use crate::model::Kind;
use crate::name;
use crate::statement;
use crate::tree::{Node, Value};

/// The kinds that stand before a colon: `func:name`.
const PREFIXES: [(&str, Kind); 7] = [
    ("func", Kind::Function),
    ("function", Kind::Function),
    ("view", Kind::View),
    ("mview", Kind::View),
    ("query", Kind::Query),
    ("pipeline", Kind::Pipeline),
    ("table", Kind::Table),
];

/// First words of names: `pipeline_daily`, `ai_sales`, and of files: `func_add.yaml`.
const WORDS: [(&str, Kind); 13] = [
    ("func", Kind::Function),
    ("function", Kind::Function),
    ("view", Kind::View),
    ("mview", Kind::View),
    ("query", Kind::Query),
    ("pipeline", Kind::Pipeline),
    ("catalog", Kind::Table),
    ("ctr", Kind::Table),
    ("src", Kind::Table),
    ("imp", Kind::Table),
    ("ai", Kind::Table),
    ("plt", Kind::Table),
    ("fn", Kind::Table),
];

const FOLDERS: [(&str, Kind); 6] = [
    ("function", Kind::Function),
    ("view", Kind::View),
    ("adhoc", Kind::Query),
    ("query", Kind::Query),
    ("pipeline", Kind::Pipeline),
    ("catalog", Kind::Table),
];

const CREATE: [&str; 3] = ["create", "profile", "profiles"];
const SQL: [&str; 7] = ["statement", "statements", "stm", "stms", "function", "functions", "query"];
const NODES: [&str; 5] = ["nodes", "node", "tables", "table", "select"];

/// What the keys of a body say that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Table,
    Pipeline,
    /// SQL that is created or run: a function, view or query.
    Routine,
}

/// The kind of a definition and its name; keys that say otherwise than `kind:name` are a warning.
pub fn kind_and_name(key: &str, at: &At<'_>, findings: &mut Findings) -> (Kind, String) {
    let explicit = key.split_once(':').and_then(|(prefix, name)| {
        let (_, kind) = PREFIXES.iter().find(|(known, _)| *known == prefix.trim())?;
        Some((*kind, name.trim()))
    });
    let name = explicit.map_or(key.trim(), |(_, name)| name);
    let said = match (decisive(at.node), explicit) {
        (None, None) => suggestive(at.node),
        (said, _) => said,
    };
    let kind = match said {
        Some(Said::Table) => Kind::Table,
        Some(Said::Pipeline) => Kind::Pipeline,
        Some(Said::Routine) => routine_kind(explicit.map(|(kind, _)| kind), name, at.node, findings.source()),
        None => explicit
            .map(|(kind, _)| kind)
            .or_else(|| by_word(name))
            .or_else(|| by_place(findings.source()))
            .unwrap_or(Kind::Table),
    };
    if let Some((called, _)) = explicit.filter(|(called, _)| *called != kind) {
        let message =
            format!("it is called a {called}, and its keys are those of a {kind}: read as a {kind}");
        findings.definition(Some(name));
        findings.warning(at, message, None);
    }
    (kind, name.to_owned())
}

/// What the one key says that its kind cannot be without; `None` when there is none, or two.
fn decisive(body: &Node) -> Option<Said> {
    let has = |keys: &[&str]| keys.iter().any(|key| body.get(key).is_some());
    let create = CREATE.iter().find_map(|key| body.get(key));
    let is_created_table = create.is_some_and(is_table_create) || has(&["features"]);
    let is_sql = create.is_some_and(|create| !is_table_create(create) && sql_of(create).is_some());
    match (has(&NODES), is_created_table, is_sql) {
        (true, false, false) => Some(Said::Pipeline),
        (false, true, false) => Some(Said::Table),
        (false, false, true) => Some(Said::Routine),
        _ => None,
    }
}

/// The kind that knows most of the keys, if one knows more than the others.
fn suggestive(body: &Node) -> Option<Said> {
    let Value::Map(entries) = &body.value else { return sql_of(body).map(|_| Said::Routine) };
    let fits = |known: &[&[&str]]| {
        entries.iter().filter(|(key, _)| known.iter().any(|group| group.contains(&key.text.as_str()))).count()
    };
    // `function: {p: {…}}` are processes of a table, `function: "create …"` is SQL.
    let is_routine =
        SQL.iter().filter_map(|key| body.get(key)).any(|node| matches!(node.value, Value::Scalar { .. }));
    let counts = [
        (if is_routine { 0 } else { fits(table::KEYS) }, Said::Table),
        (fits(pipeline::KEYS), Said::Pipeline),
        (if is_routine { fits(routine::KEYS) } else { 0 }, Said::Routine),
    ];
    let most = counts.iter().map(|(count, _)| *count).max().unwrap_or(0);
    let mut best = counts.iter().filter(|(count, _)| *count == most && most > 0).map(|(_, said)| *said);
    best.next().filter(|_| best.next().is_none())
}

fn is_table_create(create: &Node) -> bool {
    let Value::Map(entries) = &create.value else { return false };
    entries.iter().any(|(key, _)| table::CREATE_KEYS.iter().any(|group| group.contains(&key.text.as_str())))
}

/// The SQL of a body or of its `create`: a text, the text under a key of ours, or the first of a map of steps.
fn sql_of(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Scalar { text, .. } => Some(text),
        Value::Map(entries) => {
            if let Some(inner) = SQL.iter().find_map(|key| node.get(key)) {
                return sql_of(inner);
            }
            let mut texts = entries.iter().filter_map(|(_, value)| match &value.value {
                Value::Scalar { text, .. } => Some(text.as_str()),
                _ => None,
            });
            texts.find(|text| statement::words(text).next().is_some())
        }
        _ => None,
    }
}

fn routine_kind(explicit: Option<Kind>, name: &str, body: &Node, source: &str) -> Kind {
    let is_routine = |kind: &Kind| matches!(kind, Kind::Function | Kind::View | Kind::Query);
    let create = CREATE.iter().find_map(|key| body.get(key)).unwrap_or(body);
    let (word, place) = (by_word(name), by_place(source));
    explicit
        .filter(is_routine)
        .or_else(|| by_sql(sql_of(create).unwrap_or_default()))
        // `ai_x: {create: "…"}` among the tables lacks its features; elsewhere it is a query with such a name.
        .or_else(|| word.filter(|_| word == Some(Kind::Table) && place == word))
        .or_else(|| word.filter(is_routine))
        .or_else(|| place.filter(is_routine))
        .unwrap_or(Kind::Query)
}

/// What a statement creates, where it says so.
fn by_sql(sql: &str) -> Option<Kind> {
    let head: Vec<String> = statement::words(sql).take(8).collect();
    if head.first().map(String::as_str) != Some("create") {
        return None;
    }
    // create [or replace] [temp|temporary] [recursive] [materialized] view, create [or replace] function …
    let object = head[1..].iter().map(String::as_str).find(|word| {
        !matches!(
            *word,
            "or" | "replace" | "temp" | "temporary" | "recursive" | "materialized" | "local" | "global"
        )
    })?;
    match object {
        "view" => Some(Kind::View),
        "function" | "procedure" | "aggregate" => Some(Kind::Function),
        _ => None,
    }
}

fn by_word(name: &str) -> Option<Kind> {
    let word = name::prefix(name);
    WORDS.iter().find(|(known, _)| *known == word && word != name).map(|(_, kind)| *kind)
}

/// By the name of the file, else by that of a folder above it, the nearest first.
fn by_place(source: &str) -> Option<Kind> {
    let mut parts = source.rsplit(['/', '\\']);
    let file = parts.next().unwrap_or_default();
    by_word(file).or_else(|| {
        parts.find_map(|folder| FOLDERS.iter().find(|(known, _)| *known == folder).map(|(_, kind)| *kind))
    })
}
