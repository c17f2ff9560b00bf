//! `rolling`.

use super::SERIES;
use crate::dataframe::signature::{column, optional, required, Input, Kind, Output, Signature, Takes};

pub static SIGNATURE: Signature = Signature {
    name: "rolling",
    aliases: &[],
    about: "Beside each row a figure over it and the rows of its id before it.",
    input: Input::Named(SERIES),
    parameters: &[
        required("window", Takes::Whole(1, 100_000), "rows, this one included"),
        optional(
            "how",
            Takes::Words(&["sum", "mean", "min", "max", "count"]),
            "sum, mean, min, max or count (mean)",
        ),
        optional("least", Takes::Whole(1, 100_000), "rows that a figure needs (1)"),
    ],
    output: Output::Columns(&[
        column("id", Kind::Text),
        column("ds", Kind::Date),
        column("y", Kind::Number),
        column("rolling", Kind::Number),
    ]),
};
