//! Code as pages show it: by lines with numbers that are links, its parts told apart, two versions compared. All of it on the
//! server, by the scanners that we have for other reasons: PostgreSQL's for SQL, that of the catalogs for YAML.

mod diff;
mod lines;
mod marks;
mod sql;
mod yaml;

pub use diff::Diff;
pub use lines::Code;

/// A text of this size is shown as it is: nobody reads the colours of so much.
const LONGEST: usize = 2 << 20;

/// A language that is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Sql,
    Yaml,
}
