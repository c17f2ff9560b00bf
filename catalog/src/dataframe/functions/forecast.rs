//! `forecast`.

use super::{BEST, MODEL, NEGATIVE, PERIODS, SERIES, TESTS};
use crate::dataframe::signature::{column, optional, Input, Kind, Output, Signature, Takes};

pub static SIGNATURE: Signature = Signature {
    name: "forecast",
    aliases: &[],
    about: "Forecasts each id by the models that would have forecast its last periods best.",
    input: Input::Named(SERIES),
    parameters: &[
        MODEL,
        BEST,
        TESTS,
        PERIODS,
        NEGATIVE,
        optional("forecast_period", Takes::Words(&["month", "week"]), "month or week (month)"),
    ],
    output: Output::Columns(&[
        column("id", Kind::Text),
        column("ds", Kind::Date),
        column("y", Kind::Number),
        column("model", Kind::Text),
        column("lower", Kind::Number),
        column("upper", Kind::Number),
    ]),
};
