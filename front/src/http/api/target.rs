//! The table or pipeline that a request names.

use crate::db::Session;
use crate::http::form::Target;
use crate::http::problem::Problem;

/// The full name of a target. The database takes short names and types (`sql:x`) itself; this tells a table from a
/// pipeline, which it does not ask for.
///
/// # Errors
/// 404 when there is none of this kind; its hint says when there is one of the other.
pub async fn resolve(session: &mut Session, target: &Target) -> Result<String, Problem> {
    let rows = session.query(include_str!("sql/target.sql"), &[&target.name]).await?;
    let of_kind: Vec<String> =
        rows.iter().filter(|row| row.get::<_, &str>(0) == target.kind).map(|row| row.get(1)).collect();
    match of_kind.as_slice() {
        [name] => Ok(name.clone()),
        [] => {
            let problem = Problem::unknown(target.kind, &target.name);
            Err(match rows.first().map(|row| row.get::<_, String>(0)) {
                Some(other) => problem.hint(format!("It is a {other}: name it as {other}_name.")),
                None => problem.hint(format!("GET /api/ai/{}s lists what is loaded.", target.kind)),
            })
        }
        several => Err(Problem::unknown(target.kind, &target.name)
            .detail(format!("The short name stands for {}.", several.join(", ")))
            .hint("Give the full name.")),
    }
}
