//! `resample`.

use super::{SERIES, STATISTICS};
use crate::dataframe::signature::{optional, required, Input, Output, Signature, Takes};

pub static SIGNATURE: Signature = Signature {
    name: "resample",
    aliases: &[],
    about: "Rows of an id gathered by period, with those in between that are missing.",
    input: Input::Named(SERIES),
    parameters: &[
        required(
            "every",
            Takes::Words(&["day", "week", "month", "quarter", "year"]),
            "day, week, month, quarter or year",
        ),
        optional("how", Takes::Words(STATISTICS), "sum, mean, min, max, first, last or count (sum)"),
        optional(
            "fill",
            Takes::Words(&["zero", "null", "forward"]),
            "zero, null or forward: what a missing period gets (zero)",
        ),
    ],
    output: Output::Columns(SERIES),
};
