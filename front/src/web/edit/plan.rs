//! What storing a text would change in the database: it is stored, the plan is read, and both are taken back.

use super::{save, Code, Edited, Language};
use crate::db::{Columns, Session};
use crate::http::Problem;
use crate::web::asked::Asked;

pub struct Plan {
    /// What would become of each definition.
    pub definitions: Vec<save::Loaded>,
    pub changes: Vec<Change>,
    /// Tables that read what changes.
    pub readers: Vec<String>,
}

/// A change of a table.
pub struct Change {
    pub table: String,
    pub what: String,
    pub object: Option<String>,
    pub lock: String,
    pub rewrites: bool,
    pub loss: String,
    pub ddl: Code,
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
        for row in session.call(include_str!("../../http/api/sql/plan.sql"), &[table]).await? {
            let ddl: String = row.value("ddl")?;
            changes.push(Change {
                table: row.value("table_name")?,
                what: row.value("change")?,
                object: row.value("object")?,
                lock: row.value("lock_level")?,
                rewrites: row.value("rewrites")?,
                loss: row.value("loss")?,
                ddl: Code::from(Language::Sql, &ddl, 1),
            });
        }
    }
    let readers = session.call(READERS, &[&tables]).await?;
    let readers = readers.iter().map(|row| row.value("table_name")).collect::<Result<_, _>>()?;
    Ok(Plan { definitions, changes, readers })
}
