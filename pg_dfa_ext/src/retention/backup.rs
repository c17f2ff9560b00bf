//! Copies of tables, and archives of the rows that retention removed.

use super::context::Context;
use super::table::OldTable;
use crate::citus::{self, Lies};
use crate::error::{DfaError, Result};
use crate::relation;
use crate::spi::{self, ident, literal, qualified};
use crate::{owner, partition, trust};
use dfa_catalog::model::{Backup as Content, Distribution, Place};
use pgrx::pg_sys;
use serde_json::{json, Value};

/// What the caller said of a backup.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    table: Option<String>,
    schema: Option<String>,
}

/// Where the rows of a table go.
#[derive(Debug, Clone)]
pub struct Backup {
    pub schema: String,
    pub name: String,
    pub content: Content,
    pub oid: pg_sys::Oid,
}

impl Wish {
    /// Names, or Y for the names that are made of the table's; N and null: nothing is asked for.
    pub fn parse(table: Option<&str>, schema: Option<&str>) -> Result<Wish> {
        let clean = |argument: &'static str, text: Option<&str>| -> Result<Option<String>> {
            let Some(text) = text.map(str::trim).filter(|text| !text.eq_ignore_ascii_case("n")) else {
                return Ok(None);
            };
            match dfa_catalog::name::fault(text) {
                None if text.starts_with("pg_") || text == "dfa" || text == "information_schema" => {
                    Err(DfaError::InvalidArgument {
                        argument,
                        value: text.to_owned(),
                        allowed: "That name belongs to the server or to DFA itself.".to_owned(),
                    })
                }
                None => Ok(Some(text.to_owned())),
                Some(fault) => {
                    Err(DfaError::InvalidArgument { argument, value: text.to_owned(), allowed: fault })
                }
            }
        };
        Ok(Wish { table: clean("backup_table", table)?, schema: clean("backup_schema", schema)? })
    }

    /// A name that only one table can have.
    pub fn one_name(&self) -> Option<&str> {
        self.table.as_deref().filter(|name| !is_yes(name))
    }

    pub fn to_json(&self) -> Value {
        json!({ "backup_table": self.table, "backup_schema": self.schema })
    }

    fn is_given(&self) -> bool {
        self.table.is_some() || self.schema.is_some()
    }
}

fn is_yes(text: &str) -> bool {
    text.eq_ignore_ascii_case("y")
}

/// The name itself, or for Y and nothing the one that is made of `base`.
fn named(wish: Option<&String>, base: &str) -> Result<String> {
    match wish {
        Some(name) if !is_yes(name) => Ok(name.clone()),
        _ => partition::fitting_name(base, "bk"),
    }
}

/// The backup that the caller or the catalog asks for; its table is made if it is missing.
pub fn prepare(
    context: &Context<'_>,
    target: &OldTable<'_>,
    schema: &str,
    declared: Option<Content>,
) -> Result<Option<Backup>> {
    if !context.wish.is_given() && declared.is_none() {
        return Ok(None);
    }
    let content = declared.unwrap_or(Content::Table);
    let backup_schema = named(context.wish.schema.as_ref(), schema)?;
    let name = named(context.wish.table.as_ref(), target.name)?;
    refuse_catalog_name(&name)?;
    let oid = match relation::oid(Some(&backup_schema), &name) {
        Some(oid) => {
            refuse_other_kinds(target, oid, &backup_schema, &name)?;
            trust::check_backup(target.oid, &backup_schema, &name, oid)?;
            keep_pace(target, oid, &backup_schema, &name)?;
            refuse_other_columns(target, oid, &backup_schema, &name)?;
            oid
        }
        None => {
            let oid = create(target, &backup_schema, &name, content)?;
            // Who owns the schema could take it away again.
            trust::check_backup(target.oid, &backup_schema, &name, oid)?;
            oid
        }
    };
    Ok(Some(Backup { schema: backup_schema, name, content, oid }))
}

fn refuse_catalog_name(name: &str) -> Result<()> {
    let taken = spi::value::<bool>(
        "select exists (select from dfa.catalog where current and kind in ('table', 'view') and name = $1)",
        &[name.into()],
    )?;
    if taken != Some(true) {
        return Ok(());
    }
    Err(DfaError::InvalidArgument {
        argument: "backup_table",
        value: name.to_owned(),
        allowed: "A catalog has this name; a backup must not take the place of its rows.".to_owned(),
    })
}

fn wrong(value: String, allowed: &str) -> Result<()> {
    Err(DfaError::InvalidArgument { argument: "backup_table", value, allowed: allowed.to_owned() })
}

fn refuse_other_kinds(target: &OldTable<'_>, oid: pg_sys::Oid, schema: &str, name: &str) -> Result<()> {
    // SAFETY: a look-up in the system cache.
    let kind = unsafe { pg_sys::get_rel_relkind(oid) } as u8;
    if !matches!(kind, b'r' | b'p') {
        return wrong(format!("{schema}.{name}"), "A relation of this name exists and is no table.");
    }
    if oid == target.oid {
        return wrong(format!("{schema}.{name}"), "A table is no backup of itself.");
    }
    Ok(())
}

/// A backup of ours gets the columns that its table got since, with the value that the rows of the table got then. What the
/// table has no more it keeps.
fn keep_pace(target: &OldTable<'_>, oid: pg_sys::Oid, schema: &str, name: &str) -> Result<()> {
    if compare(target.oid, oid)?.iter().all(|(_, is_gone)| *is_gone) || !is_ours(target, schema, name)? {
        return Ok(());
    }
    owner::as_owner(oid, "INSERT", || {
        let additions = spi::values::<String>(
            include_str!("sql/columns_to_come.sql"),
            &[target.oid.into(), oid.into(), schema.into(), name.into()],
        )?;
        additions.iter().try_for_each(|addition| spi::own(addition).map(|_| ()))
    })
}

fn refuse_other_columns(target: &OldTable<'_>, oid: pg_sys::Oid, schema: &str, name: &str) -> Result<()> {
    let different = compare(target.oid, oid)?;
    let is_ours = is_ours(target, schema, name)?;
    if different.iter().all(|(_, is_gone)| is_ours && *is_gone) {
        return Ok(());
    }
    let different: Vec<String> = different.into_iter().map(|(text, _)| text).collect();
    wrong(
        format!("{schema}.{name} ({})", different.join("; ")),
        "Its columns are not those of the table: use another name, or drop or rename the old backup.",
    )
}

/// The columns in which two relations differ, for people, and whether the first has it no more.
pub fn compare(first: pg_sys::Oid, second: pg_sys::Oid) -> Result<Vec<(String, bool)>> {
    spi::query(include_str!("sql/compare_columns.sql"), &[first.into(), second.into()], |row| {
        Ok((row.get::<String>("difference")?, row.get::<bool>("is_missing")?))
    })
}

/// Retention made it for this table.
fn is_ours(target: &OldTable<'_>, schema: &str, name: &str) -> Result<bool> {
    let found = spi::value::<bool>("select exists (select from dfa.table_backup where table_name = $1 and backup_schema = $2 and backup_table = $3)", &[target.name.into(), schema.into(), name.into()])?;
    Ok(found.unwrap_or_default())
}

/// A table of the same columns. An archive of a table that is partitioned by range is partitioned alike, so that
/// partitions can be moved into it.
fn create(target: &OldTable<'_>, schema: &str, name: &str, content: Content) -> Result<pg_sys::Oid> {
    if spi::value::<bool>("select to_regnamespace(quote_ident($1)) is null", &[schema.into()])? == Some(true)
    {
        spi::own(&format!("create schema {}", ident(schema)))?;
        spi::own(&format!("comment on schema {} is 'Backups of DFA'", ident(schema)))?;
        spi::own(&format!("grant usage on schema {} to dfa_reader, dfa_operator, dfa_admin", ident(schema)))?;
    }
    let relation = qualified(schema, name);
    let by_range = spi::value::<Option<String>>(
        "select pg_get_partkeydef($1) from pg_partitioned_table where partrelid = $1 and partstrat = 'r'",
        &[target.oid.into()],
    )?
    .flatten()
    .filter(|_| content == Content::Rows);
    let partition = by_range.as_ref().map_or(String::new(), |key| format!(" partition by {key}"));
    spi::own(&format!("create table {relation} (like {}){partition}", target.relation))?;
    if by_range.is_some() {
        let rest = qualified(schema, &partition::free_name(schema, name, "default")?);
        spi::own(&format!("create table {rest} partition of {relation} default"))?;
    }
    // It lies as its table does, so that rows go from the one to the other where they are.
    if let Lies::By { column, .. } = citus::distribution(target.oid)? {
        let wanted = Distribution::By { place: Place::default(), column, colocate_with: None };
        spi::own(&citus::statement(&relation, &wanted, Some(&target.relation)))?;
    }
    let comment = literal(&mark(content, &target.relation));
    spi::own(&format!("comment on table {relation} is {comment}"))?;
    spi::own(&format!("grant select on {relation} to dfa_reader"))?;
    spi::own(&format!("grant select, insert, delete, truncate on {relation} to dfa_operator, dfa_admin"))?;
    relation::oid(Some(schema), name)
        .ok_or_else(|| DfaError::MissingTable { schema: schema.to_owned(), table: name.to_owned() })
}

/// The comment of a backup, which its owner alone can give.
fn mark(content: Content, relation: &str) -> String {
    let what = match content {
        Content::Table => "Copy",
        Content::Rows => "Archived rows",
    };
    format!("{what} of {relation}, made by dfa.run_retention")
}

/// What the owner of `oid` says that it has of this table; `None`: that it is no backup of it.
pub fn marked(oid: pg_sys::Oid, relation: &str) -> Result<Option<Content>> {
    let comment = spi::value::<Option<String>>("select obj_description($1, 'pg_class')", &[oid.into()])?;
    let Some(comment) = comment.flatten() else { return Ok(None) };
    Ok([Content::Table, Content::Rows].into_iter().find(|&content| mark(content, relation) == comment))
}

impl Backup {
    /// `schema.table`, for people.
    pub fn label(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    /// Quoted, with its schema.
    pub fn relation(&self) -> String {
        qualified(&self.schema, &self.name)
    }

    /// Replaces the copy by the rows of the table.
    pub fn copy_table(&self, target: &OldTable<'_>) -> Result<u64> {
        let columns = columns(target.oid)?;
        spi::own(&format!("truncate {}", self.relation()))?;
        changed(&format!(
            "insert into {} ({columns}) select {columns} from {}",
            self.relation(),
            target.relation
        ))
    }

    /// Moves the rows before the cut into the archive; deleted and archived rows are the same ones.
    pub fn archive_rows(&self, target: &OldTable<'_>) -> Result<u64> {
        let columns = columns(target.oid)?;
        if target.is_elsewhere {
            return self.archive_in_turn(target, &columns);
        }
        let returned = qualified_columns(target)?;
        let counts = spi::select_text(
            &format!(
                "with gone as (delete from {table} {condition} returning {returned}),
                      kept as (insert into {archive} ({columns}) select {columns} from gone returning 1)
                 select (select pg_catalog.count(*) from gone), (select pg_catalog.count(*) from kept)",
                table = target.relation,
                condition = target.cut.deletion(&target.relation),
                archive = self.relation(),
            ),
            1,
        )?;
        let counts: Vec<u64> =
            counts.into_iter().flatten().flatten().filter_map(|count| count.parse().ok()).collect();
        match counts.as_slice() {
            [gone, kept] if gone == kept => Ok(*gone),
            other => Err(self.mismatch(target, &format!("deleted and archived: {other:?}"))),
        }
    }

    /// [`Backup::archive_rows`] by two statements, which Citus sends to the machines as they are. The table is locked.
    fn archive_in_turn(&self, target: &OldTable<'_>, columns: &str) -> Result<u64> {
        let (table, archive, cut) =
            (&target.relation, self.relation(), target.cut.deletion(&target.relation));
        let copy = format!("insert into {archive} ({columns}) select {columns} from {table} {cut}");
        let kept = changed_by_catalog(&copy)?;
        let gone = changed_by_catalog(&format!("delete from {table} {cut}"))?;
        match gone == kept {
            true => Ok(gone),
            false => Err(self.mismatch(target, &format!("deleted {gone}, archived {kept}"))),
        }
    }

    /// What was copied is what was deleted and what is left.
    pub fn check(&self, target: &OldTable<'_>, copied: u64, deleted: u64) -> Result<()> {
        let left = spi::own_count(&format!("select count(*) from {}", target.relation))?;
        if copied == deleted + left {
            return Ok(());
        }
        Err(self.mismatch(target, &format!("copied {copied}, deleted {deleted}, left {left}")))
    }

    fn mismatch(&self, target: &OldTable<'_>, counts: &str) -> DfaError {
        DfaError::BackupMismatch {
            table: target.name.to_owned(),
            backup: self.label(),
            counts: counts.to_owned(),
        }
    }

    /// Remembers where the rows are, for [`super::restore`].
    pub fn record(&self, target: &OldTable<'_>, rows: u64) -> Result<()> {
        let content = match self.content {
            Content::Table => "table",
            Content::Rows => "rows",
        };
        spi::run(
            include_str!("sql/record_backup.sql"),
            &[
                target.name.into(),
                self.schema.as_str().into(),
                self.name.as_str().into(),
                content.into(),
                target.cut.day.as_str().into(),
                i64::try_from(rows).unwrap_or(i64::MAX).into(),
            ],
        )
    }
}

/// The columns, quoted, in the order of the table.
pub fn columns(oid: pg_sys::Oid) -> Result<String> {
    Ok(column_names(oid)?.join(", "))
}

fn column_names(oid: pg_sys::Oid) -> Result<Vec<String>> {
    spi::values::<String>(
        "select quote_ident(attname) from pg_attribute
         where attrelid = $1 and attnum > 0 and not attisdropped order by attnum",
        &[oid.into()],
    )
}

fn qualified_columns(target: &OldTable<'_>) -> Result<String> {
    let names = column_names(target.oid)?;
    Ok(names.iter().map(|name| format!("{}.{name}", target.relation)).collect::<Vec<_>>().join(", "))
}

/// The rows that a statement with SQL of a catalog changed.
fn changed_by_catalog(statement: &str) -> Result<u64> {
    match spi::execute(statement)? {
        spi::Effect::Changed(rows) => Ok(rows),
        _ => Ok(0),
    }
}

/// The rows that a statement of ours changed.
pub fn changed(statement: &str) -> Result<u64> {
    match spi::own(statement)? {
        spi::Effect::Changed(rows) => Ok(rows),
        _ => Ok(0),
    }
}
