//! `/setup`, `/retention`: make what catalogs define; delete what is older than it is kept. In the background, as a task.
//! `/restore`: bring back what retention put away.

use super::preview::{Preview, Wish};
use super::{part, Act, Dialog, Done, Field, Kind, Values};
use crate::db::{Columns, Session};
use crate::http::Problem;
use crate::web::asked::Asked;
use serde_json::{json, Map, Value};

pub struct Setup;
pub struct Retention;
pub struct Restore;

fn wish<'a>(module: &'static str, values: &'a Values, params: Map<String, Value>) -> Wish<'a> {
    let params = Some(Value::from(params).to_string());
    Wish { module, name: values.given("name"), dates: values.given("date"), params, ..Wish::default() }
}

/// What is ticked of a setup, as `dfa.setup` takes it.
fn of_setup(values: &Values) -> Map<String, Value> {
    let ticked =
        ["initial_data", "drop_before_create", "cascade"].into_iter().filter(|name| values.is_set(name));
    ticked.map(|name| (name.to_owned(), json!("Y"))).collect()
}

/// Where copies go, as `dfa.run_retention` takes it.
fn of_retention(values: &Values) -> Map<String, Value> {
    let given =
        ["backup_table", "backup_schema"].into_iter().filter_map(|name| Some((name, values.given(name)?)));
    given.map(|(name, value)| (name.to_owned(), json!(value))).collect()
}

async fn submit(session: &mut Session, wish: &Wish<'_>, values: &Values) -> Result<Done, Problem> {
    const SUBMIT: &str =
        "select dfa.submit($1, $2, array[coalesce($3::text::date, dfa.today())], 'common', $4::text::json,
                                            if_preview => $5) as process_id";
    let row = session
        .query_one(SUBMIT, &[&wish.module, &wish.name, &wish.dates, &wish.params, &values.get("if_preview")])
        .await?;
    Ok(Done::Go(format!("/t/{}", row.value::<String>("process_id")?)))
}

fn subject(values: &Values) -> String {
    values.given("name").unwrap_or("everything").to_owned()
}

fn back(values: &Values) -> String {
    values.given("name").map_or("/tables".to_owned(), |name| format!("/search?q={}", part(name)))
}

impl Act for Setup {
    async fn ask(asked: &Asked, values: &Values) -> Result<Dialog, Problem> {
        let wish = wish("setup", values, of_setup(values));
        // It is done and undone, so it is no look-up.
        let mut session = asked.work().await?;
        let found = Preview::look(&mut session, &wish, false).await;
        let _ = session.rollback().await;
        let drops = values.is_set("drop_before_create");
        let words = match drops {
            true => "What is there is dropped and made anew: its rows are lost.",
            false => "What is missing is made; what is there stays as it is.",
        };
        let dialog = Dialog {
            verb: "Set up".to_owned(),
            subject: subject(values),
            words: vec![words.to_owned()],
            fields: vec![
                Field::hidden("name", values),
                Field::new(Kind::Date, "date", "Watermarks from", values).hint("empty: today"),
                Field::new(Kind::Tick, "initial_data", "take the first rows of the catalog", values),
                Field::new(
                    Kind::Tick,
                    "drop_before_create",
                    "drop first what is there, with its rows",
                    values,
                ),
                Field::new(Kind::Tick, "cascade", "and what depends on it in the database", values)
                    .class("of-drop"),
            ],
            button: if drops { "Drop and set up" } else { "Set up" }.to_owned(),
            is_danger: drops,
            action: "/setup".to_owned(),
            back: back(values),
            ..Dialog::default()
        };
        dialog.previewing(found)
    }

    async fn act(_: &Asked, session: &mut Session, values: &Values) -> Result<Done, Problem> {
        submit(session, &wish("setup", values, of_setup(values)), values).await
    }
}

impl Act for Retention {
    async fn ask(asked: &Asked, values: &Values) -> Result<Dialog, Problem> {
        let wish = wish("retention", values, of_retention(values));
        let mut session = asked.work().await?;
        let found = Preview::look(&mut session, &wish, false).await;
        let _ = session.rollback().await;
        let words = match values.is_set("backup_table") || values.is_set("backup_schema") {
            true => "Rows that are older than their table keeps them are copied, then deleted. Restore brings them back.",
            false => "Rows that are older than their table keeps them are deleted, for good.",
        };
        let dialog = Dialog {
            verb: "Run retention of".to_owned(),
            subject: subject(values),
            words: vec![words.to_owned()],
            fields: vec![
                Field::hidden("name", values),
                Field::new(Kind::Date, "date", "As of", values).hint("empty: today"),
                Field::new(Kind::Code, "backup_table", "Copy to table", values)
                    .hint("Y: the table’s name with _bk; what is there is replaced"),
                Field::new(Kind::Code, "backup_schema", "Copy to schema", values)
                    .hint("Y: the schema’s name with _bk"),
            ],
            button: "Delete these rows".to_owned(),
            is_danger: true,
            action: "/retention".to_owned(),
            back: back(values),
            ..Dialog::default()
        };
        dialog.previewing(found)
    }

    async fn act(_: &Asked, session: &mut Session, values: &Values) -> Result<Done, Problem> {
        submit(session, &wish("retention", values, of_retention(values)), values).await
    }
}

impl Act for Restore {
    async fn ask(_: &Asked, values: &Values) -> Result<Dialog, Problem> {
        let words = "Rows that retention put away come back into the table, from where it put them last; those of an archive leave it.";
        Ok(Dialog {
            verb: "Restore".to_owned(),
            subject: values.get("name").to_owned(),
            words: vec![words.to_owned()],
            fields: vec![
                Field::hidden("name", values),
                Field::new(Kind::Date, "from", "First day", values).hint("empty: from the first on"),
                Field::new(Kind::Date, "to", "Last day", values).hint("empty: to the last"),
                Field::because(values),
            ],
            button: "Restore".to_owned(),
            action: "/restore".to_owned(),
            back: format!("/tables/{}", part(values.get("name"))),
            ..Dialog::default()
        })
    }

    async fn act(_: &Asked, session: &mut Session, values: &Values) -> Result<Done, Problem> {
        const RESTORE: &str = "select dfa.restore_backup($1, $2::pg_catalog.text::pg_catalog.date, $3::pg_catalog.text::pg_catalog.date)";
        let name = values.get("name");
        session.call(RESTORE, &[&name, &values.given("from"), &values.given("to")]).await?;
        Ok(Done::Go(format!("/tables/{}", part(name))))
    }
}
