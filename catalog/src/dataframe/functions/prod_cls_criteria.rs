//! `prod_cls_criteria`.

use crate::dataframe::signature::{column, Input, Kind, Output, Signature};

pub static SIGNATURE: Signature = Signature {
    name: "prod_cls_criteria",
    aliases: &["app.vendor.replenishment.run_prod_cls_criteria"],
    about: "Bounds of the classes A, B and C, cumulated, from shares or bounds.",
    input: Input::Exactly(4),
    parameters: &[],
    output: Output::Columns(&[
        column("class_a", Kind::Number),
        column("class_b", Kind::Number),
        column("class_c", Kind::Number),
        column("class_version", Kind::Text),
        column("flag", Kind::Text),
        column("update_date", Kind::Text),
    ]),
};
