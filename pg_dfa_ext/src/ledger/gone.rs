//! Sources whose rows retention has deleted: what takes such days again writes what is left of them over what was right.

use crate::catalog::graph::Graph;
use crate::error::Result;
use crate::spi;

/// A warning for each source of a node that no longer has its rows from the day `first` on.
pub fn of_node(node: &str, first: &str) -> Result<Vec<String>> {
    let cut_later = spi::query(
        "select table_name, kept_from::text from dfa.data_pipeline where kept_from > $1::date order by table_name",
        &[first.into()],
        |row| Ok((row.get::<String>("table_name")?, row.get::<String>("kept_from")?)),
    )?;
    if cut_later.iter().all(|(table, _)| table == node) {
        return Ok(Vec::new());
    }
    let sources = Graph::load()?.table_sources(node);
    let warning = |(table, cut): &(String, String)| {
        format!(
            "Warning: '{node}' takes days from {first} on again, and retention has deleted the rows of '{table}' before {cut}: \
             what it makes of them lacks these (dfa.restore_backup('{table}') brings archived rows back)"
        )
    };
    Ok(cut_later.iter().filter(|(table, _)| sources.contains(table)).map(warning).collect())
}
