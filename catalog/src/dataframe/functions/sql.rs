//! `sql`.

use crate::dataframe::signature::{required, Input, Output, Signature, Takes};

pub static SIGNATURE: Signature = Signature {
    name: "sql",
    aliases: &[],
    about: "A query over the rows, by the SQL of polars.",
    input: Input::Any,
    parameters: &[required("query", Takes::Anything, "one SELECT over the relation `input`")],
    output: Output::Depends("the columns of the query"),
};
