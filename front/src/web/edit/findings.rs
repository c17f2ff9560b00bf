//! What is wrong with a text, by line: what the database finds when it reads it, and when it would store it.

use super::Edited;
use crate::http::Problem;
use crate::web::asked::Asked;
use crate::web::number::Maybe;
use axum::http::StatusCode;
use serde::Deserialize;

/// Something that was found.
#[derive(Deserialize)]
pub struct Finding {
    severity: String,
    pub line: i64,
    pub column: i64,
    pub definition: Maybe<String>,
    pub key: Maybe<String>,
    pub message: String,
    pub hint: Maybe<String>,
}

impl Finding {
    pub fn is_error(&self) -> bool {
        self.severity == "error"
    }
}

/// The statements and names of a text are known when it is stored, so it is, and taken back, by who may do that.
pub async fn check(asked: &Asked, edited: &Edited) -> Result<Vec<Finding>, Problem> {
    const VALIDATE: &str = "select severity, line, \"column\", definition, key, message, hint
         from dfa.validate_catalog($1, $2) order by severity, line, \"column\"";
    let mut session = asked.reads().await?;
    let found: Vec<Finding> = session.list(VALIDATE, &[&edited.text, &edited.source()]).await?;
    session.commit_and_go_on().await?;
    if found.iter().any(Finding::is_error) || !asked.frame.administers() {
        return Ok(found);
    }
    let mut session = asked.work().await?;
    let stored = super::save::load(&mut session, edited).await;
    session.rollback().await?;
    match stored {
        Ok(_) => Ok(found),
        Err(problem) if problem.status == StatusCode::UNPROCESSABLE_ENTITY => {
            let mut all = of_detail(&problem);
            if all.is_empty() {
                return Err(problem);
            }
            all.extend(found);
            Ok(all)
        }
        Err(problem) => Err(problem),
    }
}

/// Lines of the form `source:12:5: error: ai_x: update.p.statement: message (hint)`, as a load that was refused tells them.
pub fn of_detail(problem: &Problem) -> Vec<Finding> {
    let texts = [Some(problem.message.as_str()), problem.detail.as_deref()];
    let mut found: Vec<Finding> =
        texts.into_iter().flatten().flat_map(str::lines).filter_map(of_line).collect();
    found.dedup_by(|a, b| (a.line, a.column, &a.message) == (b.line, b.column, &b.message));
    found
}

fn of_line(text: &str) -> Option<Finding> {
    for severity in ["error", "warning"] {
        let mark = format!(": {severity}: ");
        let Some((place, message)) = text.split_once(&mark) else { continue };
        let mut parts = place.rsplitn(3, ':');
        let column = parts.next()?.parse().ok()?;
        let line = parts.next()?.parse().ok()?;
        return Some(Finding {
            severity: severity.to_owned(),
            line,
            column,
            definition: Maybe(None),
            key: Maybe(None),
            message: message.to_owned(),
            hint: Maybe(None),
        });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_tells_its_lines() {
        let detail =
            "a:b.yaml:12:5: error: ai_x: update.p: no such thing (write it)\nand 3 more\nx:1:1: warning: so";
        let problem = Problem::malformed("a:b.yaml:12:5: error: ai_x: update.p: no such thing (write it)")
            .detail(detail);
        let told: Vec<(bool, i64, i64, String)> = of_detail(&problem)
            .into_iter()
            .map(|it| (it.is_error(), it.line, it.column, it.message))
            .collect();
        assert_eq!(
            told,
            [
                (true, 12, 5, "ai_x: update.p: no such thing (write it)".to_owned()),
                (false, 1, 1, "so".to_owned())
            ]
        );
        assert!(of_detail(&Problem::malformed("error: nothing")).is_empty());
    }
}
