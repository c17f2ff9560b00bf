//! `dfa.file_sources`: where files of tables land, as their catalogs say.

use crate::catalog;
use crate::entry::entry;
use dfa_catalog::model::{FileOption, Kind};
use pgrx::prelude::*;
use serde_json::{json, Map, Value};

extension_sql!(
    r#"
comment on function dfa.file_sources is
'For the service: the tables whose catalogs say by `source` where their files land, with the path or pattern and the options of a load as JSON.';
grant execute on function dfa.file_sources to dfa_reader;
"#,
    name = "about_file_sources",
    requires = [file_sources]
);

#[pg_extern]
fn file_sources(
) -> TableIterator<'static, (name!(table_name, String), name!(path, String), name!(options, pgrx::Json))> {
    let sources = entry(|| {
        let mut sources = Vec::new();
        for stored in catalog::current(&[Kind::Table], None)? {
            let Some(source) = stored.table().and_then(|table| table.source.as_ref()) else { continue };
            let mut options = Map::new();
            for (option, value) in &source.options {
                let word = FileOption::WORDS.iter().find(|(_, known)| known == option).map(|(word, _)| *word);
                options.insert(word.unwrap_or_default().to_owned(), Value::String(value.clone()));
            }
            sources.push((stored.name().to_owned(), source.path.clone(), pgrx::Json(json!(options))));
        }
        Ok(sources)
    });
    TableIterator::new(sources)
}
