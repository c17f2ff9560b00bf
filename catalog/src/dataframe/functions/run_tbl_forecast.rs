//! `run_tbl_forecast`.

use super::{BEST, MODEL, NEGATIVE, PERIODS_OR_NONE, SERIES, TESTS};
use crate::dataframe::signature::{column, optional, required, Input, Kind, Output, Signature, Takes};

pub static SIGNATURE: Signature = Signature {
    name: "run_tbl_forecast",
    aliases: &["app.vendor.forecast.run_tbl_forecast"],
    about: "Forecasts by month from the month of run_date on, both ends included.",
    input: Input::Named(SERIES),
    parameters: &[
        required("run_date", Takes::Anything, "the forecast begins with its month"),
        MODEL,
        BEST,
        TESTS,
        PERIODS_OR_NONE,
        NEGATIVE,
        optional(
            "date_range_sla_month_forecast",
            Takes::Whole(0, 1200),
            "months by which run_date is moved (0)",
        ),
    ],
    output: Output::Columns(&[
        column("id", Kind::Text),
        column("forecast", Kind::Number),
        column("month", Kind::Date),
        column("run_date", Kind::Date),
        column("upload_date", Kind::Timestamp),
    ]),
};
