//! A form that is sent twice, by a double click or by going back, does what it does once.

use super::Values;
use crate::db::{Columns, Session};
use crate::http::Problem;
use crate::web::asked::Asked;
use crate::web::session::Role;

/// Where this form led when it was sent before; else it is taken, until the transaction ends.
///
/// # Errors
/// A form like it is under way.
pub async fn claim(asked: &Asked, session: &mut Session, values: &Values) -> Result<Option<String>, Problem> {
    let Some(once) = number(asked, values) else { return Ok(None) };
    let row = session
        .query_one(
            "select claimed, answer ->> 'place' as place from dfa.claim_request($1, $2, $3, '')",
            &[&caller(asked), &once, &asked.path()],
        )
        .await?;
    match (row.value::<bool>("claimed")?, row.value::<Option<String>>("place")?) {
        (true, _) => Ok(None),
        (false, Some(place)) => Ok(Some(place)),
        (false, None) => Err(Problem::conflict("this form was sent before, and is under way")),
    }
}

/// Keeps where it led.
pub async fn keep(asked: &Asked, session: &mut Session, values: &Values, place: &str) -> Result<(), Problem> {
    let Some(once) = number(asked, values) else { return Ok(()) };
    const ANSWER: &str = "select dfa.answer_request($1, $2, 303, json_build_object('place', $3::text))";
    session.query(ANSWER, &[&caller(asked), &once, &place]).await?;
    Ok(())
}

/// The number of the form, if it can be one. Whoever may only read does nothing twice, and keeps nothing either.
fn number<'a>(asked: &Asked, values: &'a Values) -> Option<&'a str> {
    let once = values
        .given("once")
        .filter(|once| once.len() == 32 && once.bytes().all(|byte| byte.is_ascii_hexdigit()));
    once.filter(|_| asked.visitor.role >= Role::Operator)
}

fn caller(asked: &Asked) -> String {
    format!("web:{}", asked.visitor.name)
}
