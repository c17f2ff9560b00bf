//! `pivot`.

use super::STATISTICS;
use crate::dataframe::signature::{column, optional, required, Input, Kind, Output, Signature, Takes};

pub static SIGNATURE: Signature = Signature {
    name: "pivot",
    aliases: &[],
    about: "A row for each id, with a column for each of the values.",
    input: Input::Named(&[column("id", Kind::Text), column("name", Kind::Text), column("y", Kind::Number)]),
    parameters: &[
        required("values", Takes::Anything, "the names that become columns, in their order"),
        optional("how", Takes::Words(STATISTICS), "sum, mean, min, max, first, last or count (sum)"),
    ],
    output: Output::Depends("id, and a number for each of `values`"),
};
