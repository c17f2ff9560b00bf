//! What a database would say of the statements of a set, from PostgreSQL's own parser as a library.

use super::types;
use dfa_catalog::diagnostic::{Diagnostic, Severity};
use dfa_catalog::lexeme::{lexemes, Kind as Lexeme};
use dfa_catalog::model::{Action, AuditCheck, Body, Definition, Initial, Place, Script, Table};
use dfa_catalog::{name, placeholder};
use pg_query::protobuf::node::Node;
use pg_query::{NodeEnum, NodeRef, ParseResult};
use std::borrow::Cow;
use std::collections::HashSet;

/// What may stand for a placeholder outside quotes, of which only its parameter knows what it is: a number, a name, nothing, a
/// condition, a list.
const STAND_INS: [&str; 7] = ["1", "x", "", "true", "and true", "(1)", "values (null)"];

/// Checks one definition; `own_types` are those that the set creates itself.
pub fn check(source: &str, definition: &Definition, own_types: &HashSet<String>) -> Vec<Diagnostic> {
    let mut checked = Check { source, definition, found: Vec::new() };
    match &definition.body {
        Body::Table(table) => checked.table(table, own_types),
        Body::Function(routine) | Body::View(routine) | Body::Query(routine) => {
            checked.script("create", &routine.script);
        }
        Body::Pipeline(_) => {}
    }
    checked.found
}

/// The types and domains that a definition creates.
pub fn created_types(definition: &Definition) -> Vec<String> {
    let (Body::Function(routine) | Body::View(routine) | Body::Query(routine)) = &definition.body else {
        return Vec::new();
    };
    let created = |template: &String| {
        let parsed = rendered(template, "1").and_then(|sql| pg_query::parse(&sql).ok())?;
        let name = match only(&parsed)? {
            NodeEnum::CreateDomainStmt(created) => created.domainname.last()?,
            NodeEnum::CreateEnumStmt(created) => created.type_name.last()?,
            NodeEnum::CreateRangeStmt(created) => created.type_name.last()?,
            NodeEnum::DefineStmt(created) => created.defnames.last()?,
            NodeEnum::CompositeTypeStmt(created) => return Some(created.typevar.as_ref()?.relname.clone()),
            _ => return None,
        };
        text_of(name.node.as_ref()?)
    };
    routine.script.statements.iter().filter_map(created).collect()
}

struct Check<'d> {
    source: &'d str,
    definition: &'d Definition,
    found: Vec<Diagnostic>,
}

impl Check<'_> {
    fn table(&mut self, table: &Table, own_types: &HashSet<String>) {
        for column in &table.columns {
            let key = format!("create.features.{}", column.name);
            let default =
                column.default.as_ref().map(|default| format!(" default {default}")).unwrap_or_default();
            let sql = format!("create table t (c {}{default})", column.datatype);
            match pg_query::parse(&sql) {
                Err(error) => self.error(column.place, &key, said(&error), None),
                Ok(parsed) => self.datatype(&parsed, column.place, &key, own_types),
            }
            if let Some(check) = &column.check {
                self.expression(check, table, column.place, &key);
            }
        }
        for process in &table.processes {
            let key = format!("process '{}'", process.name);
            match &process.action {
                Action::Sql(script) => self.script(&key, script),
                Action::DataFrame { load, save, .. } => {
                    self.script(&format!("load of {key}"), load);
                    self.script(&format!("save of {key}"), save);
                }
            }
        }
        match &table.initial {
            Some(Initial::Statement(script)) => self.script("initial", script),
            Some(Initial::Values { rows, .. }) => {
                for row in rows {
                    self.statement("initial", Place::default(), &format!("values ({row})"));
                }
            }
            Some(Initial::Files(_)) | None => {}
        }
        for audit in &table.tests {
            let key = format!("tests.{}", audit.name);
            match &audit.check {
                AuditCheck::Expression(condition) => {
                    self.expression(condition, table, Place::default(), &key);
                }
                AuditCheck::Select(script) => self.script(&key, script),
                _ => {}
            }
        }
        if let Some(retention) = &table.retention {
            if let Some(column) = &retention.column {
                self.expression(column, table, retention.place, "retention.column");
            }
        }
    }

    fn script(&mut self, key: &str, script: &Script) {
        for statement in &script.statements {
            self.statement(key, script.place, statement);
        }
    }

    /// A statement is wrong if it is so, and in the same way, whatever its parameters turn out to be.
    fn statement(&mut self, key: &str, place: Place, template: &str) {
        let mut reasons: Vec<String> = Vec::new();
        for stand_in in STAND_INS {
            let Some(sql) = rendered(template, stand_in) else { return };
            match pg_query::parse(&sql) {
                Ok(parsed) => return self.body(key, place, &parsed),
                Err(error) => reasons.push(said(&error)),
            }
        }
        reasons.dedup();
        if let [reason] = reasons.as_slice() {
            let first = template.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
            let begin: String = first.chars().take(60).collect();
            self.error(place, key, format!("{reason}, in the statement that begins \"{begin}\""), None);
        }
    }

    /// The body of a function in SQL, which the database parses when it creates the function.
    fn body(&mut self, key: &str, place: Place, parsed: &ParseResult) {
        let Some(NodeEnum::CreateFunctionStmt(function)) = only(parsed) else { return };
        let option = |wanted: &str| {
            function.options.iter().find_map(|option| match option.node.as_ref()? {
                NodeEnum::DefElem(option) if option.defname == wanted => option.arg.as_ref()?.node.as_ref(),
                _ => None,
            })
        };
        let is_sql =
            option("language").and_then(text_of).is_some_and(|name| name.eq_ignore_ascii_case("sql"));
        let body = match option("as") {
            Some(NodeEnum::List(list)) => list.items.first().and_then(|item| text_of(item.node.as_ref()?)),
            _ => None,
        };
        if let Some(Err(error)) = body.filter(|_| is_sql).map(|body| pg_query::parse(&body)) {
            self.error(place, key, format!("{}, in the body of the function", said(&error)), None);
        }
    }

    fn datatype(&mut self, parsed: &ParseResult, place: Place, key: &str, own_types: &HashSet<String>) {
        let Some(name) = column_type(parsed) else { return };
        if types::is_known(&name) || own_types.contains(&name) {
            return;
        }
        match name::suggest(&name, types::names()) {
            Some(near) => {
                let hint = Some(format!("did you mean '{near}'?"));
                self.error(place, key, format!("type '{name}' is not known"), hint);
            }
            None => self.find(
                Severity::Warning,
                place,
                key,
                format!("type '{name}' is none of PostgreSQL's own: the database must have it"),
                None,
            ),
        }
    }

    /// An expression over the columns of the table.
    fn expression(&mut self, expression: &str, table: &Table, place: Place, key: &str) {
        let Some(sql) = rendered(&format!("select ({expression}) from t"), "1") else { return };
        let parsed = match pg_query::parse(&sql) {
            Ok(parsed) => parsed,
            Err(error) => return self.error(place, key, said(&error), None),
        };
        let mut unknown: Vec<String> = parsed
            .protobuf
            .nodes()
            .into_iter()
            .filter_map(|(node, ..)| match node {
                NodeRef::ColumnRef(column) => match column.fields.as_slice() {
                    [only] => text_of(only.node.as_ref()?),
                    _ => None,
                },
                _ => None,
            })
            .filter(|name| table.column(name).is_none())
            .collect();
        unknown.sort();
        unknown.dedup();
        for name in unknown {
            let near = name::suggest(&name, table.columns.iter().map(|column| column.name.as_str()));
            let hint = near.map(|near| format!("did you mean '{near}'?"));
            self.error(place, key, format!("column '{name}' is not among the features"), hint);
        }
    }

    fn error(&mut self, place: Place, key: &str, message: String, hint: Option<String>) {
        self.find(Severity::Error, place, key, message, hint);
    }

    fn find(&mut self, severity: Severity, place: Place, key: &str, message: String, hint: Option<String>) {
        let (line, column) = match place.line {
            0 => (self.definition.line, 1),
            line => (line, place.column),
        };
        self.found.push(Diagnostic {
            severity,
            source: self.source.to_owned(),
            line,
            column,
            definition: Some(self.definition.name.clone()),
            key: Some(key.to_owned()),
            message,
            hint,
        });
    }
}

/// The template with what stands for its parameters; `None` where braces are wrong, which is told elsewhere.
fn rendered(template: &str, stand_in: &str) -> Option<String> {
    let known = |name: &str| match name {
        "ai_schema_name" => Some("ai"),
        "main_schema_name" => Some("public"),
        "database_name" => Some("db"),
        _ => None,
    };
    let fill = |text: &str, other: &str| {
        placeholder::render(text, |name| Some(Cow::Owned(known(name).unwrap_or(other).to_owned()))).ok()
    };
    let mut sql = String::with_capacity(template.len());
    let mut bare = String::new();
    for lexeme in lexemes(template).ok()? {
        let text = &template[lexeme.range];
        // Braces and their names are lexemes of their own outside of quotes, and inside the text within.
        let quoted = match lexeme.kind {
            Lexeme::Text | Lexeme::EscapeText => Some("2000-01-01"),
            Lexeme::Identifier => Some("x"),
            Lexeme::Dollar | Lexeme::LineComment | Lexeme::BlockComment => Some("1"),
            _ => None,
        };
        match quoted {
            Some(other) => {
                sql.push_str(&fill(&std::mem::take(&mut bare), stand_in)?);
                sql.push_str(&fill(text, other)?);
            }
            None => bare.push_str(text),
        }
    }
    sql.push_str(&fill(&bare, stand_in)?);
    Some(sql)
}

/// The name of the type of the one column of a CREATE TABLE; `None` where a schema is given or the name is a keyword's.
fn column_type(parsed: &ParseResult) -> Option<String> {
    let Some(NodeEnum::CreateStmt(created)) = only(parsed) else { return None };
    let Node::ColumnDef(column) = created.table_elts.first()?.node.as_ref()? else { return None };
    match column.type_name.as_ref()?.names.as_slice() {
        [only] => text_of(only.node.as_ref()?),
        _ => None,
    }
}

fn only(parsed: &ParseResult) -> Option<&NodeEnum> {
    match parsed.protobuf.stmts.as_slice() {
        [one] => one.stmt.as_ref()?.node.as_ref(),
        _ => None,
    }
}

fn text_of(node: &NodeEnum) -> Option<String> {
    match node {
        NodeEnum::String(text) => Some(text.sval.clone()),
        _ => None,
    }
}

/// The parser's words alone.
fn said(error: &pg_query::Error) -> String {
    match error {
        pg_query::Error::Parse(message) => message.clone(),
        other => other.to_string(),
    }
}
