//! Expressions over the columns of a table.

use super::table::text;
use super::{parser, stand_in, Check};
use dfa_catalog::model::{Place, Table};
use dfa_catalog::name;
use pg_query::protobuf::ParseResult;
use pg_query::NodeRef;
use std::collections::BTreeSet;

/// What every row has beside its columns.
const OF_THE_SYSTEM: [&str; 6] = ["ctid", "tableoid", "xmin", "xmax", "cmin", "cmax"];

impl Check<'_> {
    /// It parses, and each column that it names is one.
    pub fn expression(&mut self, expression: &str, table: &Table, place: Place, key: &str) {
        let template = format!("select ({expression}) from t");
        if let Some(reason) = stand_in::fault(&template) {
            return self.error(place, key, format!("{reason}, in \"{}\"", expression.trim()), None);
        }
        let parsed = stand_in::rendered(&template, "1").and_then(|sql| parser::tree(&sql));
        let Some(parsed) = parsed else { return };
        for column in columns(&parsed) {
            let is_there = table.column(&column).is_some()
                || OF_THE_SYSTEM.contains(&column.as_str())
                || column == self.definition.name;
            if !is_there {
                let near = name::suggest(&column, table.columns.iter().map(|column| column.name.as_str()));
                let hint = near.map(|near| format!("did you mean '{near}'?"));
                self.error(place, key, format!("column '{column}' is not among the features"), hint);
            }
        }
    }
}

/// The columns that an expression names by their names alone; none where a query in it may have columns of its own.
fn columns(parsed: &ParseResult) -> BTreeSet<String> {
    let nodes = parsed.nodes();
    if nodes.iter().any(|(node, ..)| matches!(node, NodeRef::SubLink(_))) {
        return BTreeSet::new();
    }
    let of = |node: NodeRef<'_>| match node {
        NodeRef::ColumnRef(column) => match column.fields.as_slice() {
            [only] => text(only.node.as_ref()?).map(str::to_owned),
            _ => None,
        },
        _ => None,
    };
    nodes.into_iter().filter_map(|(node, ..)| of(node)).collect()
}
