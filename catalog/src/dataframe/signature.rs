//! What a DataFrame function takes and gives.

/// A function that takes the rows of `load` and gives rows to `save`.
#[derive(Debug, PartialEq, Eq)]
pub struct Signature {
    pub name: &'static str,
    /// Names from other systems.
    pub aliases: &'static [&'static str],
    pub about: &'static str,
    pub input: Input,
    pub parameters: &'static [Parameter],
    pub output: Output,
}

/// The columns that `load` has to give.
#[derive(Debug, PartialEq, Eq)]
pub enum Input {
    /// These, by name and in any order; others are passed over.
    Named(&'static [Column]),
    /// So many at least, by position; the last one is a version.
    AtLeast(usize),
    /// So many, by position; the last one is a version.
    Exactly(usize),
    /// Whatever there is.
    Any,
}

/// The columns that `save` gets, in this order.
#[derive(Debug, PartialEq, Eq)]
pub enum Output {
    Columns(&'static [Column]),
    /// What the input or a parameter says.
    Depends(&'static str),
}

#[derive(Debug, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Date,
    Timestamp,
}

/// A value of the parameter table, or of the process' own `arguments`.
#[derive(Debug, PartialEq, Eq)]
pub struct Parameter {
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    pub required: bool,
    pub takes: Takes,
    pub about: &'static str,
}

/// What a parameter may be.
#[derive(Debug, PartialEq, Eq)]
pub enum Takes {
    /// What the function makes of it.
    Anything,
    /// Each of its elements is one of these, in any case.
    Words(&'static [&'static str]),
    /// A whole number from the first to the last.
    Whole(usize, usize),
}

impl Signature {
    /// The parameter of a name, which may be another's for it.
    pub fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters.iter().find(|it| it.name == name || it.aliases.contains(&name))
    }
}

pub(super) const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind }
}

pub(super) const fn optional(name: &'static str, takes: Takes, about: &'static str) -> Parameter {
    Parameter { name, aliases: &[], required: false, takes, about }
}

pub(super) const fn required(name: &'static str, takes: Takes, about: &'static str) -> Parameter {
    Parameter { name, aliases: &[], required: true, takes, about }
}
