//! One difference between a table and its catalog, and how it is undone.

use crate::error::DfaError;
use dfa_catalog::model::Kind;
use pgrx::pg_sys;

/// What a change can cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    None,
    /// Nothing, if the rows fit: they are checked before the change begins.
    Values,
    /// Data are gone: only when the caller allows it.
    Data,
}

impl Loss {
    pub fn word(self) -> &'static str {
        match self {
            Loss::None => "none",
            Loss::Values => "values",
            Loss::Data => "data",
        }
    }
}

/// What a change does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    CreateTable,
    Repartition,
    AddColumn,
    DropColumn,
    RetypeColumn,
    DropGeneratedColumn,
    AddGeneratedColumn,
    DropExpression,
    Default,
    SetNotNull,
    DropNotNull,
    Identity,
    Sequence,
    DropPrimaryKey,
    AddPrimaryKey,
    DropUnique,
    AddUnique,
    DropCheck,
    AddCheck,
    AddForeignKey,
    DropForeignKey,
    AddIndex,
    DropIndex,
    CreateView,
    ReplaceView,
    DropView,
    CreateFunction,
    ReplaceFunction,
    DropFunction,
    Distribution,
    Comment,
}

impl What {
    /// As people read it.
    pub fn as_str(self) -> &'static str {
        match self {
            What::CreateTable => "create table",
            What::Repartition => "repartition",
            What::AddColumn => "add column",
            What::DropColumn => "drop column",
            What::RetypeColumn => "retype column",
            What::DropGeneratedColumn => "drop generated column",
            What::AddGeneratedColumn => "add generated column",
            What::DropExpression => "drop expression",
            What::Default => "default",
            What::SetNotNull => "set not null",
            What::DropNotNull => "drop not null",
            What::Identity => "identity",
            What::Sequence => "sequence",
            What::DropPrimaryKey => "drop primary key",
            What::AddPrimaryKey => "add primary key",
            What::DropUnique => "drop unique",
            What::AddUnique => "add unique",
            What::DropCheck => "drop check",
            What::AddCheck => "add check",
            What::AddForeignKey => "add foreign key",
            What::DropForeignKey => "drop foreign key",
            What::AddIndex => "add index",
            What::DropIndex => "drop index",
            What::CreateView => "create view",
            What::ReplaceView => "replace view",
            What::DropView => "drop view",
            What::CreateFunction => "create function",
            What::ReplaceFunction => "replace function",
            What::DropFunction => "drop function",
            What::Distribution => "distribution",
            What::Comment => "comment",
        }
    }
}

impl std::fmt::Display for What {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Changes are applied in this order, whatever table they are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    DropDependant,
    DropForeignKey,
    DropConstraint,
    /// Columns that others are computed from go after them.
    DropComputed,
    /// Functions first: columns and views may call them.
    Function,
    Table,
    Column,
    /// After the columns that it is computed from.
    ComputedColumn,
    AddConstraint,
    Distribution,
    AddForeignKey,
    CreateDependant,
}

/// What is looked at in the rows before the first change.
#[derive(Debug, Clone)]
pub enum Check {
    /// A query that gives a row for a value that does not fit.
    Rows(String),
    /// `fits` fails with an error that names a value which cannot be cast. `loses` gives values that come out of the cast
    /// as other ones; `None`: what can be cast is kept.
    Cast { fits: String, loses: Option<String> },
}

#[derive(Debug, Clone)]
pub struct Change {
    pub table: String,
    pub what: What,
    /// The column or constraint.
    pub object: Option<String>,
    pub statements: Vec<String>,
    pub lock: &'static str,
    pub rewrites: bool,
    pub loss: Loss,
    pub phase: Phase,
    pub checks: Vec<Check>,
    /// What a drop of a view or function drops.
    pub dropped: Option<pg_sys::Oid>,
    /// It makes a view or function, which may have to wait for another one.
    pub routine: Option<Kind>,
    /// Of a retype: the value of the column as one of its new type.
    pub cast: Option<String>,
    /// Objects that no catalog describes and that keep this from being done.
    pub in_the_way: Vec<String>,
    /// Processes and queries of catalogs that use the column, which goes.
    pub users: Vec<String>,
}

pub const ACCESS_EXCLUSIVE: &str = "ACCESS EXCLUSIVE";
pub const SHARE_ROW_EXCLUSIVE: &str = "SHARE ROW EXCLUSIVE";

impl Change {
    /// A change of the definition alone, under the lock that ALTER TABLE takes.
    pub fn new(table: &str, what: What, phase: Phase, statement: String) -> Change {
        Change {
            table: table.to_owned(),
            what,
            object: None,
            statements: vec![statement],
            lock: ACCESS_EXCLUSIVE,
            rewrites: false,
            loss: Loss::None,
            phase,
            checks: Vec::new(),
            cast: None,
            dropped: None,
            routine: None,
            in_the_way: Vec::new(),
            users: Vec::new(),
        }
    }

    /// The statements; what keeps them from being done is a comment before them.
    pub fn ddl(&self) -> String {
        let mut lines: Vec<String> =
            self.in_the_way.iter().map(|object| format!("-- in the way: {object}")).collect();
        lines.extend(self.users.iter().map(|user| format!("-- still used by {user}")));
        lines.push(self.statements.join(";\n"));
        lines.join("\n")
    }

    /// What is changed, for people.
    pub fn label(&self) -> String {
        match &self.object {
            Some(object) => format!("{}: {} {object}", self.table, self.what),
            None => format!("{}: {}", self.table, self.what),
        }
    }

    /// The error of rows that are in its way.
    pub fn misfit(&self, values: &[String], can_be_allowed: bool) -> DfaError {
        DfaError::Misfit {
            table: self.table.clone(),
            change: format!("{} {}", self.what, self.object.as_deref().unwrap_or_default()),
            value: values.join(", "),
            can_be_allowed,
        }
    }

    pub fn of(mut self, object: &str) -> Change {
        self.object = Some(object.to_owned());
        self
    }

    pub fn losing(mut self, loss: Loss) -> Change {
        self.loss = loss;
        self
    }

    pub fn checked_by(mut self, check: Check) -> Change {
        self.checks.push(check);
        self.loss = self.loss.max(Loss::Values);
        self
    }
}
