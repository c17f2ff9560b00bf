//! One difference between a table and its catalog, and how it is undone.

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

/// Changes are applied in this order, whatever table they are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    DropDependant,
    DropForeignKey,
    DropConstraint,
    Table,
    Column,
    AddConstraint,
    AddForeignKey,
    CreateDependant,
}

#[derive(Debug, Clone)]
pub struct Change {
    pub table: String,
    /// For example `add column`.
    pub what: &'static str,
    /// The column or constraint.
    pub object: Option<String>,
    pub statements: Vec<String>,
    pub lock: &'static str,
    pub rewrites: bool,
    pub loss: Loss,
    pub phase: Phase,
    /// A query that gives a row for each kind of value that would not fit; it may fail with an error that names one.
    pub check: Option<String>,
    /// Objects that no catalog describes and that keep this from being done.
    pub in_the_way: Vec<String>,
}

pub const ACCESS_EXCLUSIVE: &str = "ACCESS EXCLUSIVE";
pub const SHARE_ROW_EXCLUSIVE: &str = "SHARE ROW EXCLUSIVE";

impl Change {
    /// A change of the definition alone, under the lock that ALTER TABLE takes.
    pub fn new(table: &str, what: &'static str, phase: Phase, statement: String) -> Change {
        Change {
            table: table.to_owned(),
            what,
            object: None,
            statements: vec![statement],
            lock: ACCESS_EXCLUSIVE,
            rewrites: false,
            loss: Loss::None,
            phase,
            check: None,
            in_the_way: Vec::new(),
        }
    }

    /// The statements; what keeps them from being done is a comment before them.
    pub fn ddl(&self) -> String {
        let mut lines: Vec<String> =
            self.in_the_way.iter().map(|object| format!("-- in the way: {object}")).collect();
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

    pub fn of(mut self, object: &str) -> Change {
        self.object = Some(object.to_owned());
        self
    }

    pub fn losing(mut self, loss: Loss) -> Change {
        self.loss = loss;
        self
    }

    pub fn checked_by(mut self, query: String) -> Change {
        self.check = Some(query);
        self.loss = self.loss.max(Loss::Values);
        self
    }
}
