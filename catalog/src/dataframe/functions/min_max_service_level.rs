//! `min_max_service_level`.

use crate::dataframe::signature::{optional, Input, Output, Signature, Takes};

pub static SIGNATURE: Signature = Signature {
    name: "min_max_service_level",
    aliases: &["app.vendor.replenishment.run_min_max_service_level"],
    about: "The safety factor of each service level: the quantile of the normal distribution.",
    input: Input::AtLeast(2),
    parameters: &[
        optional(
            "service_level_type",
            Takes::Anything,
            "a word of the set; the numbers themselves tell shares from percent",
        ),
        optional("service_level_round", Takes::Whole(0, 15), "digits (5)"),
    ],
    output: Output::Depends("a factor for each level, the version, 'Y', the time"),
};
