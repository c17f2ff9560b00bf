//! `abc_class`.

use crate::dataframe::signature::{column, optional, Input, Kind, Output, Signature, Takes};

pub static SIGNATURE: Signature = Signature {
    name: "abc_class",
    aliases: &[],
    about: "Classes by cumulated share, the greatest first.",
    input: Input::Named(&[column("id", Kind::Text), column("y", Kind::Number)]),
    parameters: &[optional(
        "bounds",
        Takes::Anything,
        "cumulated shares at which classes end (0.8, 0.95, 1)",
    )],
    output: Output::Columns(&[
        column("id", Kind::Text),
        column("y", Kind::Number),
        column("share", Kind::Number),
        column("cumulated", Kind::Number),
        column("class", Kind::Text),
    ]),
};
