//! `dfa.table_freshness` and the view `dfa.freshness`: how old the data of each table is, when it should be new, and why it is not.

use super::why;
use crate::catalog::{self, graph::Graph, Stored};
use crate::entry::entry;
use crate::error::Result;
use crate::names;
use crate::spi;
use dfa_catalog::model::Kind;
use pgrx::datum::TimestampWithTimeZone;
use pgrx::prelude::*;
use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;

/// So many causes of one table are told, the nearest first.
const MAX_CAUSES: usize = 20;

/// What the control tables say of a table.
struct Fresh {
    table: String,
    owner: Option<String>,
    tags: Vec<String>,
    data_date: Option<Date>,
    published_at: Option<TimestampWithTimeZone>,
    expected_by: Option<TimestampWithTimeZone>,
    state: String,
    causes: Vec<String>,
    blocked_by: Option<String>,
}

impl Fresh {
    fn is_behind(&self) -> bool {
        self.state != "fresh" && self.state != "unknown"
    }
}

extension_sql!(
    r#"
comment on function dfa.table_freshness is
'How fresh each table is (name: one of them). published_at: when a run or a landing last succeeded; expected_by: when the next one should have, by fresh_within of its catalog, else by the slots and deadlines of the pipelines that run it, or of those that trigger these, else of a landed table by the longest time between its last landings. state: fresh, due (its slot has come, or its last run failed), late (expected_by is over), blocked (due or late, and held by something else: blocked_by), unknown (nothing says when). causes: why it is not fresh, the nearest first, then those of the tables that it reads. causes => false is cheaper: it leaves them out, and blocked tables are due or late.';
grant execute on function dfa.table_freshness to dfa_reader;
create view dfa.freshness as select * from dfa.table_freshness();
grant select on dfa.freshness to dfa_reader;
comment on view dfa.freshness is 'How fresh each table is: dfa.table_freshness of all';
comment on column dfa.freshness.table_name is 'The table';
comment on column dfa.freshness.owner is 'owner of its catalog';
comment on column dfa.freshness.tags is 'tags of its catalog';
comment on column dfa.freshness.data_date is 'Date up to which its rows reach';
comment on column dfa.freshness.published_at is 'When a run or a landing last succeeded';
comment on column dfa.freshness.expected_by is 'When the next one should have';
comment on column dfa.freshness.state is 'fresh, due, late, blocked or unknown';
comment on column dfa.freshness.late_since is 'expected_by, where that is over';
comment on column dfa.freshness.blocked_by is 'Of a blocked table the one that it waits for in the end, or itself where its pipeline is held';
comment on column dfa.freshness.causes is 'Why it is not fresh, the nearest first';
"#,
    name = "about_table_freshness",
    requires = [table_freshness]
);

#[pg_extern(volatile)]
#[allow(clippy::type_complexity)]
fn table_freshness(
    name: default!(Option<&str>, "NULL"),
    causes: default!(Option<bool>, "true"),
) -> TableIterator<
    'static,
    (
        name!(table_name, String),
        name!(owner, Option<String>),
        name!(tags, Vec<String>),
        name!(data_date, Option<Date>),
        name!(published_at, Option<TimestampWithTimeZone>),
        name!(expected_by, Option<TimestampWithTimeZone>),
        name!(state, String),
        name!(late_since, Option<TimestampWithTimeZone>),
        name!(blocked_by, Option<String>),
        name!(causes, Vec<String>),
    ),
> {
    let rows = entry(|| look(name, causes != Some(false)));
    TableIterator::new(rows.into_iter().map(|it| {
        let is_over = it.expected_by.is_some_and(|by| i64::from(by) < i64::from(crate::clock::now()));
        (
            it.table,
            it.owner,
            it.tags,
            it.data_date,
            it.published_at,
            it.expected_by,
            it.state,
            it.expected_by.filter(|_| is_over),
            it.blocked_by,
            it.causes,
        )
    }))
}

fn look(name: Option<&str>, with_causes: bool) -> Result<Vec<Fresh>> {
    let wanted = name.map(names::table).transpose()?;
    let is_wanted = |table: &str| wanted.as_deref().is_none_or(|wanted| wanted == table);
    let mut tables = catalog::current(&[Kind::Table], None)?;
    if !with_causes {
        tables.retain(|stored| is_wanted(stored.name()));
        return read(&tables);
    }
    let graph = Graph::load()?;
    // What a table waits for is something that it reads, through others, too.
    if let Some(wanted) = &wanted {
        let above = above(wanted, &graph);
        tables.retain(|stored| above.contains(stored.name()));
    }
    let mut all = read(&tables)?;
    let place: HashMap<String, usize> =
        all.iter().enumerate().map(|(at, fresh)| (fresh.table.clone(), at)).collect();
    let mut reasons = Reasons { tables: &tables, known: HashMap::new() };
    for at in 0..all.len() {
        if is_wanted(&all[at].table) && all[at].is_behind() {
            explain(&mut all, at, &place, &graph, &mut reasons)?;
        }
    }
    all.retain(|fresh| is_wanted(&fresh.table));
    Ok(all)
}

/// A table with all that it reads, through other tables, too.
fn above(table: &str, graph: &Graph) -> HashSet<String> {
    let mut found = HashSet::from([table.to_owned()]);
    let mut open = vec![table.to_owned()];
    while let Some(name) = open.pop() {
        for source in graph.table_sources(&name) {
            if found.insert(source.clone()) {
                open.push(source);
            }
        }
    }
    found
}

fn read(tables: &[Stored]) -> Result<Vec<Fresh>> {
    let names: Vec<String> = tables.iter().map(|stored| stored.name().to_owned()).collect();
    let of_table = |stored: &Stored| stored.table().and_then(|table| table.fresh_within.clone());
    let within: Vec<Option<String>> =
        tables.iter().map(|stored| of_table(stored).map(|length| length.text)).collect();
    let lands: Vec<bool> =
        tables.iter().map(|stored| stored.table().is_some_and(|table| table.processes.is_empty())).collect();
    let (mut nodes, mut pipelines) = (Vec::new(), Vec::new());
    for stored in catalog::current(&[Kind::Pipeline], None)? {
        let Some(pipeline) = stored.pipeline() else { continue };
        for node in catalog::nodes::names(pipeline)? {
            nodes.push(node);
            pipelines.push(stored.name().to_owned());
        }
    }
    let arguments = [names.into(), within.into(), lands.into(), nodes.into(), pipelines.into()];
    let mut found = spi::query(include_str!("sql/freshness.sql"), &arguments, |row| {
        Ok(Fresh {
            table: row.get("table_name")?,
            owner: None,
            tags: Vec::new(),
            data_date: row.get("data_date")?,
            published_at: row.get("published_at")?,
            expected_by: row.get("expected_by")?,
            state: row.get("state")?,
            causes: Vec::new(),
            blocked_by: None,
        })
    })?;
    let by_name: HashMap<&str, &Stored> = tables.iter().map(|stored| (stored.name(), stored)).collect();
    for fresh in &mut found {
        let table = by_name.get(fresh.table.as_str()).and_then(|stored| stored.table());
        fresh.owner = table.and_then(|table| table.owner.clone());
        fresh.tags = table.map(|table| table.tags.clone()).unwrap_or_default();
    }
    Ok(found)
}

/// Why tables do not run, each asked once: after a bad night a thousand of them wait for the same few.
struct Reasons<'a> {
    tables: &'a [Stored],
    known: HashMap<String, Rc<why::Cause>>,
}

impl Reasons<'_> {
    fn table(&self, name: &str) -> Option<&Stored> {
        self.tables.iter().find(|stored| stored.name() == name)
    }

    fn of(&mut self, name: &str) -> Result<Option<Rc<why::Cause>>> {
        if let Some(known) = self.known.get(name) {
            return Ok(Some(Rc::clone(known)));
        }
        let Some(why) = self.table(name).map(why::of_table).transpose()? else { return Ok(None) };
        let why = Rc::new(why);
        self.known.insert(name.to_owned(), Rc::clone(&why));
        Ok(Some(why))
    }
}

/// What holds a table that is behind: its own cause, then those of the tables that it reads and that are behind, or whose last
/// run failed, the nearest first.
fn explain(
    all: &mut [Fresh],
    at: usize,
    place: &HashMap<String, usize>,
    graph: &Graph,
    reasons: &mut Reasons<'_>,
) -> Result<()> {
    let Some(own) = reasons.of(&all[at].table)? else { return Ok(()) };
    // Rows of a landed table come from outside: nothing holds it.
    let lands =
        reasons.table(&all[at].table).and_then(Stored::table).is_some_and(|table| table.processes.is_empty());
    let is_held =
        !lands && ["paused", "inactive", "blocked", "trigger", "source"].contains(&own.cause.as_str());
    let mut causes = vec![own.sentence.clone()];
    let mut blocked_by = None;
    let mut seen = HashSet::from([all[at].table.clone()]);
    let mut queue: VecDeque<String> = graph.table_sources(&all[at].table).into_iter().collect();
    while let Some(source) = queue.pop_front() {
        if !seen.insert(source.clone()) {
            continue;
        }
        let Some(behind) = place.get(&source).map(|at| &all[*at]).filter(|fresh| fresh.is_behind()) else {
            continue;
        };
        // The last one that is found is the farthest: what it lacks, all others lack.
        blocked_by = Some(behind.table.clone());
        queue.extend(graph.table_sources(&source));
        if causes.len() < MAX_CAUSES {
            if let Some(why) = reasons.of(&source)? {
                causes.push(format!("{source}: {}", why.sentence));
            }
        }
    }
    let fresh = &mut all[at];
    if blocked_by.is_none() && is_held {
        blocked_by = Some(fresh.table.clone());
    }
    // Among the others this one stays behind, whatever it is called.
    if blocked_by.is_some() {
        fresh.state = "blocked".to_owned();
    }
    fresh.blocked_by = blocked_by;
    fresh.causes = causes;
    Ok(())
}
