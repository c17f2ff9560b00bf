//! What definitions say of each other, once they are current together.

use crate::cycle;
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::{AuditCheck, Body, Definition, Distribution, Order, Pipeline, Place, Table};
use crate::name::suggest;
use crate::order;
use crate::reads::Readable;
use crate::select::By;
use std::collections::{BTreeSet, HashMap, HashSet};

/// How much of a set is at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it: a table that is not there does not exist.
    Whole,
    /// Tables may come with a later file; pipelines come after their tables.
    Part,
}

/// Cross-checks definitions: nodes and processes of pipelines, pipeline ids, keys to other tables, cycles.
/// The findings have the definition's line and no source.
pub fn check<'a>(
    definitions: impl Iterator<Item = &'a Definition> + Clone,
    extent: Extent,
) -> Vec<Diagnostic> {
    check_beside(definitions, extent, &HashSet::new())
}

/// As [`check`], beside definitions of these names that have errors of their own: whoever names one of them is not at
/// fault for that.
pub fn check_beside<'a>(
    definitions: impl Iterator<Item = &'a Definition> + Clone,
    extent: Extent,
    broken: &HashSet<&str>,
) -> Vec<Diagnostic> {
    let mut tables = HashMap::new();
    let mut pipelines = Vec::new();
    for definition in definitions {
        match &definition.body {
            Body::Table(table) => {
                tables.insert(definition.name.as_str(), (definition, table));
            }
            Body::Pipeline(pipeline) => pipelines.push((definition, pipeline)),
            _ => {}
        }
    }
    let mut checked = Check { tables, broken, extent, findings: Vec::new() };
    let mut ordered: Vec<_> = checked.tables.values().copied().collect();
    ordered.sort_by_key(|(definition, _)| (definition.line, definition.name.as_str()));
    for (definition, table) in ordered {
        checked.table(definition, table);
    }
    for (definition, pipeline) in &pipelines {
        checked.pipeline(definition, pipeline);
    }
    checked.ids(&pipelines);
    checked.cycles();
    checked.trigger_cycles(&pipelines);
    checked.findings
}

/// Nodes that come before what they read, as far as that can be seen without a database: warnings.
pub fn order<'a>(definitions: impl Iterator<Item = &'a Definition> + Clone) -> Vec<Diagnostic> {
    let readable = Readable::of(definitions.clone());
    let sources = |node: &str| match readable.tables.get(node) {
        Some((_, table)) => readable.sources(table),
        None => BTreeSet::new(),
    };
    let mut findings = Vec::new();
    for definition in definitions {
        let Body::Pipeline(pipeline) = &definition.body else { continue };
        if pipeline.order == Order::Lineage {
            continue;
        }
        let nodes: Vec<&str> = pipeline.nodes.iter().map(|node| node.table.as_str()).collect();
        findings.extend(order::too_early(&nodes, sources).into_iter().map(|early| {
            let (message, hint) = (early.message(), early.hint());
            definition.finding(Severity::Warning, Place::default(), "nodes", message, Some(hint))
        }));
    }
    findings
}

struct Check<'a> {
    broken: &'a HashSet<&'a str>,
    tables: HashMap<&'a str, (&'a Definition, &'a Table)>,
    extent: Extent,
    findings: Vec<Diagnostic>,
}

impl<'a> Check<'a> {
    fn error(&mut self, definition: &Definition, key: &str, message: String, hint: Option<String>) {
        self.error_at(Place::default(), definition, key, message, hint);
    }

    /// At a place within the definition, as far as it is known.
    fn error_at(
        &mut self,
        place: Place,
        definition: &Definition,
        key: &str,
        message: String,
        hint: Option<String>,
    ) {
        self.findings.push(definition.finding(Severity::Error, place, key, message, hint));
    }

    /// The table that a definition may have meant, which is not itself.
    fn near_table(&self, definition: &Definition, wrong: &str) -> Option<String> {
        let others = self.tables.keys().copied().filter(|name| *name != definition.name);
        suggest(wrong, others).map(|near| format!("did you mean '{near}'?"))
    }

    fn table(&mut self, definition: &Definition, table: &Table) {
        self.distribution(definition, table);
        for key in &table.foreign_keys {
            self.reference(definition, "create.foreign_key", &key.ref_table, key.ref_column.as_deref());
        }
        for audit in &table.tests {
            if let AuditCheck::Relationships { ref_table, ref_column, .. } = &audit.check {
                self.reference(definition, "tests", ref_table, Some(ref_column));
            }
        }
        for name in &table.depends_on {
            let is_there = self.tables.contains_key(name.as_str()) || self.broken.contains(name.as_str());
            if self.extent == Extent::Whole && !is_there {
                let hint = self.near_table(definition, name);
                self.error(definition, "depends_on", format!("table '{name}' is not known"), hint);
            }
        }
    }

    /// What Citus could not hold: a table beside one that is not distributed, keys that lead off the machine of their row.
    fn distribution(&mut self, definition: &Definition, table: &Table) {
        let Some(own) = table.distribution.as_deref() else { return };
        if let Distribution::By { place, colocate_with: Some(other), .. } = own {
            let is_broken = self.broken.contains(other.as_str());
            let wrong = match self.tables.get(other.as_str()) {
                Some((_, beside)) => match beside.distribution.as_deref() {
                    Some(Distribution::By { .. }) => None,
                    _ => Some(format!("table '{other}' is not distributed")),
                },
                None if self.extent == Extent::Whole && !is_broken => {
                    Some(format!("table '{other}' is not known"))
                }
                None => None,
            };
            if let Some(wrong) = wrong {
                let hint = self.near_table(definition, other).filter(|_| wrong.contains("not known"));
                self.error_at(*place, definition, "colocate_with", wrong, hint);
            }
        }
        for key in &table.foreign_keys {
            let Some((_, referred)) = self.tables.get(key.ref_table.as_str()) else { continue };
            let is_good = match (own, referred.distribution.as_deref()) {
                (_, Some(Distribution::Reference)) => true,
                (Distribution::By { column, .. }, Some(Distribution::By { column: theirs, .. })) => {
                    let together = table.foreign_keys.iter().filter(|other| other.ref_table == key.ref_table);
                    together.clone().any(|key| {
                        key.column == *column && key.ref_column.as_ref().is_none_or(|of| of == theirs)
                    })
                }
                _ => false,
            };
            if !is_good {
                let message = format!(
                    "Citus holds no key from '{}' to '{}', whose rows may lie elsewhere",
                    key.column, key.ref_table
                );
                let hint = "give that table `reference: true`, or distribute both by the key".to_owned();
                self.error(definition, "create.foreign_key", message, Some(hint));
            }
        }
    }

    /// A table outside the set may exist in the database all the same.
    fn reference(&mut self, definition: &Definition, key: &str, ref_table: &str, ref_column: Option<&str>) {
        let Some((_, referred)) = self.tables.get(ref_table) else {
            return;
        };
        match ref_column {
            Some(column) if referred.column(column).is_none() => {
                let near = suggest(column, referred.columns.iter().map(|column| column.name.as_str()));
                let hint = near.map(|near| format!("did you mean '{near}'?"));
                self.error(definition, key, format!("table '{ref_table}' has no column '{column}'"), hint);
            }
            None if referred.primary_key.len() != 1 => {
                let message = format!(
                    "table '{ref_table}' has a primary key of {} columns; say which column is meant",
                    referred.primary_key.len()
                );
                self.error(definition, key, message, Some("write table(column)".to_owned()));
            }
            _ => {}
        }
    }

    fn pipeline(&mut self, definition: &Definition, pipeline: &Pipeline) {
        for selector in &pipeline.select {
            let has = |name: &str| self.tables.contains_key(name);
            if !self.tables.iter().any(|(name, (_, table))| selector.takes(name, table, has)) {
                let hint = match &selector.by {
                    By::Name(name) => self.near_table(definition, name),
                    _ => None,
                };
                self.error(definition, "select", format!("'{selector}' selects no table"), hint);
            }
        }
        for node in pipeline.nodes.iter().filter(|node| !self.broken.contains(node.table.as_str())) {
            let Some((_, table)) = self.tables.get(node.table.as_str()).copied() else {
                let hint = self.near_table(definition, &node.table);
                let message = format!("table '{}' is not known", node.table);
                self.error_at(node.place, definition, "nodes", message, hint);
                continue;
            };
            let unknown: Vec<&str> = node
                .choose
                .names()
                .filter(|name| !table.processes.iter().any(|process| process.name == *name))
                .collect();
            for name in unknown {
                let near = suggest(name, table.processes.iter().map(|process| process.name.as_str()));
                let hint = near.map(|near| format!("did you mean '{near}'?"));
                self.error_at(
                    node.place,
                    definition,
                    "nodes",
                    format!("table '{}' has no process '{name}'", node.table),
                    hint,
                );
            }
        }
    }

    fn ids(&mut self, pipelines: &[(&'a Definition, &'a Pipeline)]) {
        let mut owners: HashMap<&str, &str> = HashMap::new();
        for (definition, pipeline) in pipelines {
            if let Some(other) = owners.insert(&pipeline.id, &definition.name) {
                let message = format!("id '{}' belongs to pipeline '{other}' already", pipeline.id);
                self.error(definition, "id", message, Some("ids are unique over all pipelines".to_owned()));
            }
        }
    }

    /// `depends_on` that leads back to where it began.
    fn cycles(&mut self) {
        let mut names: Vec<&str> = self.tables.keys().copied().collect();
        names.sort_unstable();
        let next = self.tables.iter().map(|(name, (_, table))| {
            let following = table.depends_on.iter().map(String::as_str);
            (*name, following.filter(|next| self.tables.contains_key(next)).collect())
        });
        let Some(cycle) = cycle::find(&names, &next.collect()) else { return };
        if let Some((definition, _)) = self.tables.get(cycle[0]).copied() {
            let message = format!("tables depend on each other in a cycle: {}", cycle.join(" → "));
            self.error(definition, "depends_on", message, None);
        }
    }

    /// Pipelines that would start each other for ever: one leads to those whose trigger names its id or an id that it
    /// alerts.
    fn trigger_cycles(&mut self, pipelines: &[(&'a Definition, &'a Pipeline)]) {
        let mut named_by: HashMap<&str, Vec<&str>> = HashMap::new();
        for (definition, pipeline) in pipelines {
            for id in pipeline.trigger.iter().flat_map(|trigger| trigger.ids()) {
                named_by.entry(id).or_default().push(&definition.name);
            }
        }
        let next = pipelines.iter().map(|(definition, pipeline)| {
            let ids = pipeline.alerts.iter().chain([&pipeline.id]);
            let started = ids.filter_map(|id| named_by.get(id.as_str())).flatten().copied().collect();
            (definition.name.as_str(), started)
        });
        let mut names: Vec<&str> = pipelines.iter().map(|(definition, _)| definition.name.as_str()).collect();
        names.sort_unstable();
        let Some(cycle) = cycle::find(&names, &next.collect()) else { return };
        if let Some((definition, _)) = pipelines.iter().find(|(definition, _)| definition.name == cycle[0]) {
            let message = format!("pipelines trigger each other in a cycle: {}", cycle.join(" → "));
            self.error(definition, "trigger", message, None);
        }
    }
}
