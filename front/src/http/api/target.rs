//! The table or pipeline that a request names.

use crate::db::{Columns, Session};
use crate::http::form::Target;
use crate::http::problem::Problem;

/// The full name of a target. The database takes short names and types (`sql:x`) itself; this tells a table from a
/// pipeline, which it does not ask for.
///
/// # Errors
/// 404 when there is none of this kind; its hint says when there is one of the other.
pub async fn resolve(session: &mut Session, target: &Target) -> Result<String, Problem> {
    let rows = session.query(include_str!("sql/target.sql"), &[&target.name]).await?;
    let (mut of_kind, mut other) = (Vec::<String>::new(), None::<&str>);
    for row in &rows {
        match row.value::<&str>("kind")? {
            kind if kind == target.kind => of_kind.push(row.value("name")?),
            kind => other = Some(kind),
        }
    }
    match of_kind.as_slice() {
        [name] => Ok(name.clone()),
        [] => {
            let problem = Problem::unknown(target.kind, &target.name);
            Err(match other {
                Some(other) => problem.hint(format!("It is a {other}: name it as {other}_name.")),
                None => problem.hint(format!("GET /api/ai/{}s lists what is loaded.", target.kind)),
            })
        }
        several => Err(Problem::unknown(target.kind, &target.name)
            .detail(format!("The short name stands for {}.", several.join(", ")))
            .hint("Give the full name.")),
    }
}
