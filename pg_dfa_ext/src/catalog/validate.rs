//! `dfa.validate_catalog`: the findings of a document as rows; stores nothing.

use crate::entry::entry;
use crate::error::given;
use dfa_catalog::diagnostic::Severity;
use pgrx::prelude::*;

extension_sql!(
    r#"
comment on function dfa.validate_catalog is
'Lists what is wrong with one YAML document, a row for each error and warning with its place and a hint. Stores nothing.';
grant execute on function dfa.validate_catalog to dfa_reader;
"#,
    name = "about_validate_catalog",
    requires = [validate_catalog]
);

#[pg_extern(immutable)]
fn validate_catalog(
    document: Option<&str>,
    source: default!(Option<&str>, "'sql'"),
) -> TableIterator<
    'static,
    (
        name!(severity, String),
        name!(source, String),
        name!(line, i32),
        name!(column, i32),
        name!(definition, Option<String>),
        name!(key, Option<String>),
        name!(message, String),
        name!(hint, Option<String>),
    ),
> {
    let found = entry(|| {
        let (document, source) = (given("document", document)?, given("source", source)?);
        Ok(dfa_catalog::parse(document, source).diagnostics)
    });
    TableIterator::new(found.into_iter().map(|diagnostic| {
        let severity = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        (
            severity.to_owned(),
            diagnostic.source,
            i32::try_from(diagnostic.line).unwrap_or(i32::MAX),
            i32::try_from(diagnostic.column).unwrap_or(i32::MAX),
            diagnostic.definition,
            diagnostic.key,
            diagnostic.message,
            diagnostic.hint,
        )
    }))
}
