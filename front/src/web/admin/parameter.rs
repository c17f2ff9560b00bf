//! Another value of a parameter.

use crate::db::{Columns, Session};
use crate::http::Problem;
use crate::web::act::{Act, Dialog, Done, Field, Kind, Values};
use crate::web::asked::Asked;
use crate::web::session::Role;

pub struct SetParameter;

impl Act for SetParameter {
    async fn ask(asked: &Asked, values: &Values) -> Result<Dialog, Problem> {
        asked.needs(Role::Admin)?;
        let name = values.get("name");
        let mut session = asked.reads().await?;
        const NOW: &str =
            "select parameter_value, parameter_type from dfa.data_parameter where parameter_name = $1";
        let row =
            session.query_opt(NOW, &[&name]).await?.ok_or_else(|| Problem::unknown("parameter", name))?;
        let (value, kind): (String, String) = (row.value("parameter_value")?, row.value("parameter_type")?);
        session.commit_and_go_on().await?;
        Ok(Dialog {
            verb: "Change parameter".to_owned(),
            subject: name.to_owned(),
            words: vec!["Runs take the new value from their next step on.".to_owned()],
            fields: vec![
                Field::hidden("name", values),
                Field::new(Kind::Code, "value", "Value", values)
                    .or(&value)
                    .hint(format!("of type {kind}; now {value}")),
                Field::because(values),
            ],
            button: "Change".to_owned(),
            action: "/admin/parameter".to_owned(),
            back: "/admin".to_owned(),
            ..Dialog::default()
        })
    }

    async fn act(_: &Asked, session: &mut Session, values: &Values) -> Result<Done, Problem> {
        const SET: &str =
            "update dfa.data_parameter set parameter_value = $2, update_date = clock_timestamp()
                           where parameter_name = $1 returning parameter_name";
        let (name, value) = (values.get("name"), values.get("value"));
        session.query_opt(SET, &[&name, &value]).await?.ok_or_else(|| Problem::unknown("parameter", name))?;
        Ok(Done::Go("/admin".to_owned()))
    }
}
