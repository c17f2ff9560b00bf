//! What storing a text would change in the database: it is stored, the plan is read, and both are taken back.

use super::{save, Code, Edited, Language};
use crate::db::{Columns, Session};
use crate::http::Problem;
use crate::web::asked::Asked;
use serde::Deserialize;

pub struct Plan {
    /// What would become of each definition.
    pub definitions: Vec<save::Loaded>,
    pub changes: Vec<Change>,
    /// Tables that read what changes.
    pub readers: Vec<String>,
}

/// A change of a table.
#[derive(Deserialize)]
pub struct Change {
    pub table_name: String,
    pub change: String,
    pub object: Option<String>,
    pub lock_level: String,
    pub rewrites: bool,
    pub loss: String,
    ddl: String,
}

impl Change {
    pub fn code(&self) -> Code {
        Code::from(Language::Sql, &self.ddl, 1)
    }
}

pub async fn plan(asked: &Asked, edited: &Edited) -> Result<Plan, Problem> {
    let mut session = asked.work().await?;
    let plan = read(&mut session, edited).await;
    session.rollback().await?;
    plan
}

async fn read(session: &mut Session, edited: &Edited) -> Result<Plan, Problem> {
    const READERS: &str =
        "select distinct table_name from pg_catalog.unnest($1::pg_catalog.text[]) as changed (name)
         cross join lateral dfa.neighbours(changed.name) where direction = 'down' order by table_name";
    let definitions = save::load(session, edited).await?;
    let tables: Vec<String> =
        definitions.iter().filter(|it| it.kind == "table").map(|it| it.name.clone()).collect();
    let mut changes = Vec::new();
    for table in &tables {
        let of_table = session.call_list(include_str!("../../http/api/sql/plan.sql"), &[table]).await?;
        changes.extend::<Vec<Change>>(of_table);
    }
    let readers = session.call(READERS, &[&tables]).await?;
    let readers = readers.iter().map(|row| row.value("table_name")).collect::<Result<_, _>>()?;
    Ok(Plan { definitions, changes, readers })
}
