//! What reads what, over whole sets of catalogs: through views and functions of the catalog, too.

use super::state::State;
use super::store::{self, Stored};
use crate::data_schema;
use crate::date::Days;
use crate::error::Result;
use crate::statement::{of_statement, Lineage, Relation, RunValues, Values};
use dfa_catalog::cycle;
use dfa_catalog::model::{Action, Body, Kind, Script};
use dfa_catalog::placeholder;
use dfa_catalog::reads::referred;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

/// The lineage of one statement of a definition.
#[derive(Debug, Clone)]
pub struct StatementLineage {
    pub process: String,
    /// Filled in.
    pub text: String,
    pub lineage: Lineage,
}

/// Values for reading lineage only: today for every date.
pub fn lineage_values() -> Result<Values> {
    let run = RunValues { run_id: "0", run_date: "2000-01-01", run_mode: "common", data_date: "2000-01-01" };
    let interval = Days { start: "2000-01-01".to_owned(), end: "2000-01-02".to_owned() };
    Ok(Values::load()?.of_run(&run).of_interval(&interval, 0))
}

/// The statements of a definition with their lineage; what cannot be filled in or parsed yet is left out.
pub fn statements(stored: &Stored, values: &Values) -> Vec<StatementLineage> {
    let mut found = Vec::new();
    let mut add = |process: &str, script: &Script| {
        for template in &script.statements {
            let text = placeholder::render(template, |name| match name {
                "function_value" => Some("values (null)".into()),
                _ => values.get(name),
            });
            let Ok(text) = text else { continue };
            if let Ok(lineage) = of_statement(&text) {
                found.push(StatementLineage { process: process.to_owned(), text, lineage });
            }
        }
    };
    match &stored.definition.body {
        Body::Table(table) => {
            for process in &table.processes {
                match &process.action {
                    Action::Sql(script) => add(&process.name, script),
                    Action::DataFrame { load, save, .. } => {
                        add(&process.name, load);
                        add(&process.name, save);
                    }
                }
            }
        }
        Body::Function(routine) | Body::View(routine) | Body::Query(routine) => {
            add("create", &routine.script)
        }
        Body::Pipeline(_) => {}
    }
    found
}

/// The views of the catalog that statements read and the functions of the catalog that they call.
pub fn routines<'a>(lineages: impl Iterator<Item = &'a Lineage>) -> Result<Vec<Stored>> {
    routines_of(&State::now()?, lineages)
}

/// [`routines`] of the catalog in this state, which is that of now.
pub fn routines_of<'a>(state: &State, lineages: impl Iterator<Item = &'a Lineage>) -> Result<Vec<Stored>> {
    let mut wanted = BTreeSet::new();
    for lineage in lineages {
        wanted.extend(lineage.sources.iter().map(|relation| (Kind::View, relation.name.as_str())));
        wanted.extend(lineage.functions.iter().map(|function| (Kind::Function, function.name.as_str())));
    }
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let is_wanted = |stored: &&Stored| wanted.contains(&(stored.definition.kind(), stored.name()));
    Ok(all_routines(state)?.iter().filter(is_wanted).cloned().collect())
}

/// All views and functions of the catalog in this state; a session reads them once.
fn all_routines(state: &State) -> Result<Rc<Vec<Stored>>> {
    let known = ROUTINES.with_borrow(|known| {
        known.as_ref().filter(|(of, _)| of == state).map(|(_, routines)| Rc::clone(routines))
    });
    if let Some(routines) = known {
        return Ok(routines);
    }
    let routines = Rc::new(store::current(&[Kind::View, Kind::Function], None)?);
    ROUTINES.with_borrow_mut(|known| *known = Some((state.clone(), Rc::clone(&routines))));
    Ok(routines)
}

/// What functions of the catalog read in their bodies, as far as these are SQL, and the functions and views that these
/// name, at any depth.
pub fn function_sources(routines: &[Stored]) -> Result<BTreeSet<Relation>> {
    let is_function = |stored: &&Stored| stored.definition.kind() == Kind::Function;
    let mut open: Vec<Stored> = routines.iter().filter(is_function).cloned().collect();
    let mut met: HashSet<String> = open.iter().map(|stored| stored.name().to_owned()).collect();
    let mut sources = BTreeSet::new();
    if open.is_empty() {
        return Ok(sources);
    }
    let values = lineage_values()?;
    while !open.is_empty() {
        let found: Vec<Lineage> =
            open.iter().flat_map(|stored| statements(stored, &values)).map(|it| it.lineage).collect();
        open = self::routines(found.iter())?;
        open.retain(|stored| met.insert(stored.name().to_owned()));
        sources.extend(found.into_iter().flat_map(|lineage| lineage.sources));
    }
    Ok(sources)
}

/// Reads of all current tables, views and functions.
pub struct Graph {
    schema: String,
    /// What each definition reads itself, by name.
    reads: HashMap<String, BTreeSet<String>>,
    tables: HashSet<String>,
    /// What keys, tests and `depends_on` of each table refer to.
    refers: HashMap<String, BTreeSet<String>>,
    /// The readers of the tables that somebody asked for.
    readers: RefCell<HashMap<String, Rc<BTreeSet<String>>>>,
}

thread_local! {
    /// The last one, with the state of the catalog that it was made of.
    static KNOWN: RefCell<Option<(State, Rc<Graph>)>> = const { RefCell::new(None) };
    /// The views and functions, the same way.
    static ROUTINES: RefCell<Option<(State, Rc<Vec<Stored>>)>> = const { RefCell::new(None) };
}

impl Graph {
    /// The graph of what is current. A session makes it anew when definitions or parameters have changed.
    pub fn load() -> Result<Rc<Self>> {
        Graph::of_state(&State::now()?)
    }

    /// The graph of the catalog in this state, which is, or was a moment ago, that of now.
    pub fn of_state(state: &State) -> Result<Rc<Self>> {
        let known = KNOWN.with_borrow(|known| {
            known.as_ref().filter(|(made_of, _)| made_of == state).map(|(_, graph)| Rc::clone(graph))
        });
        if let Some(graph) = known {
            return Ok(graph);
        }
        let current = store::current(&[Kind::Table, Kind::View, Kind::Function], None)?;
        let graph = Rc::new(Graph::of(current.into_iter())?);
        KNOWN.with_borrow_mut(|known| *known = Some((state.clone(), Rc::clone(&graph))));
        Ok(graph)
    }

    pub fn of(definitions: impl Iterator<Item = Stored>) -> Result<Self> {
        let schema = data_schema::name()?;
        let values = lineage_values()?;
        let mut graph = Graph {
            schema,
            reads: HashMap::new(),
            tables: HashSet::new(),
            refers: HashMap::new(),
            readers: RefCell::default(),
        };
        for stored in definitions.filter(|stored| stored.pipeline().is_none()) {
            graph.add(&stored, &values);
        }
        Ok(graph)
    }

    fn add(&mut self, stored: &Stored, values: &Values) {
        let mut reads = BTreeSet::new();
        for StatementLineage { lineage, .. } in statements(stored, values) {
            reads.extend(lineage.sources.iter().map(|source| self.local(source)));
            reads.extend(lineage.functions.iter().map(|function| self.local(function)));
        }
        if let Some(table) = stored.table() {
            self.tables.insert(stored.name().to_owned());
            reads.extend(table.depends_on.iter().cloned());
            self.refers.insert(stored.name().to_owned(), referred(table));
        }
        reads.remove(stored.name());
        self.reads.entry(stored.name().to_owned()).or_default().extend(reads);
    }

    /// A name of the data schema without its schema; others with it.
    pub fn local(&self, relation: &Relation) -> String {
        match &relation.schema {
            Some(schema) if *schema != self.schema => format!("{schema}.{}", relation.name),
            _ => relation.name.clone(),
        }
    }

    /// The tables that come before a table: those that it reads, and those that its keys, tests and `depends_on` refer to.
    pub fn order_sources(&self, table: &str) -> BTreeSet<String> {
        let mut sources = self.table_sources(table);
        let refers = self.refers.get(table).into_iter().flatten();
        sources.extend(refers.filter(|name| *name != table && self.tables.contains(*name)).cloned());
        sources
    }

    /// The tables that a table reads, through views and functions, not through other tables.
    pub fn table_sources(&self, table: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut met = HashSet::from([table]);
        let mut open: Vec<&str> = vec![table];
        while let Some(name) = open.pop() {
            for read in self.reads.get(name).into_iter().flatten() {
                if self.tables.contains(read) {
                    found.insert(read.clone());
                } else if met.insert(read) {
                    open.push(read);
                }
            }
        }
        found.remove(table);
        found
    }

    /// The tables that read a table, through views and functions, not through other tables.
    pub fn next_readers(&self, table: &str) -> BTreeSet<String> {
        let reads = |name: &&String| *name != table && self.table_sources(name).contains(table);
        self.tables.iter().filter(reads).cloned().collect()
    }

    /// Of each table that is read, the tables that read it, as [`Graph::next_readers`] has them.
    pub fn readers_by_source(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut readers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for reader in &self.tables {
            for source in self.table_sources(reader) {
                readers.entry(source).or_default().insert(reader.clone());
            }
        }
        readers
    }

    /// The tables that read a table, and those that read them, and so on.
    pub fn readers(&self, table: &str) -> Rc<BTreeSet<String>> {
        if let Some(known) = self.readers.borrow().get(table) {
            return Rc::clone(known);
        }
        let found = Rc::new(self.find_readers(table));
        self.readers.borrow_mut().insert(table.to_owned(), Rc::clone(&found));
        found
    }

    fn find_readers(&self, table: &str) -> BTreeSet<String> {
        let direct: Vec<(&String, BTreeSet<String>)> =
            self.tables.iter().map(|name| (name, self.table_sources(name))).collect();
        let mut found = BTreeSet::new();
        let mut open = vec![table.to_owned()];
        while let Some(name) = open.pop() {
            for (reader, sources) in &direct {
                if sources.contains(&name) && *reader != table && found.insert((*reader).clone()) {
                    open.push((*reader).clone());
                }
            }
        }
        found
    }

    /// Nodes that read each other in a cycle, the first one repeated at the end.
    pub fn cycle(&self, nodes: &[String]) -> Option<Vec<String>> {
        let sources: Vec<BTreeSet<String>> = nodes.iter().map(|node| self.table_sources(node)).collect();
        let names: Vec<&str> = nodes.iter().map(String::as_str).collect();
        let members: HashSet<&str> = names.iter().copied().collect();
        let edges: HashMap<&str, Vec<&str>> = names
            .iter()
            .zip(&sources)
            .map(|(node, sources)| {
                (
                    *node,
                    sources.iter().map(String::as_str).filter(|source| members.contains(source)).collect(),
                )
            })
            .collect();
        let cycle = cycle::find(&names, &edges)?;
        Some(cycle.into_iter().map(str::to_owned).collect())
    }
}
