//! The one table of DataFrame functions and of the names that they have elsewhere.

/// A function that takes the rows of `load` and gives rows to `save`.
#[derive(Debug, PartialEq, Eq)]
pub struct Signature {
    pub name: &'static str,
    /// Names from other systems.
    pub aliases: &'static [&'static str],
    pub about: &'static str,
    pub input: Input,
    pub parameters: &'static [Parameter],
    pub output: Output,
}

/// The columns that `load` has to give.
#[derive(Debug, PartialEq, Eq)]
pub enum Input {
    /// These, by name and in any order; others are passed over.
    Named(&'static [Column]),
    /// So many at least, by position; the last one is a version.
    AtLeast(usize),
    /// So many, by position.
    Exactly(usize),
}

/// The columns that `save` gets, in this order.
#[derive(Debug, PartialEq, Eq)]
pub enum Output {
    Columns(&'static [Column]),
    /// What the input or a parameter says.
    Depends(&'static str),
}

#[derive(Debug, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Date,
    Timestamp,
}

/// A value of the parameter table, or of the process' own `arguments`.
#[derive(Debug, PartialEq, Eq)]
pub struct Parameter {
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    pub required: bool,
    pub about: &'static str,
}

const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind }
}

const fn optional(name: &'static str, about: &'static str) -> Parameter {
    Parameter { name, aliases: &[], required: false, about }
}

const fn required(name: &'static str, about: &'static str) -> Parameter {
    Parameter { name, aliases: &[], required: true, about }
}

const SERIES: &[Column] = &[column("id", Kind::Text), column("ds", Kind::Date), column("y", Kind::Number)];

const MODELS: Parameter = Parameter {
    name: "forecast_model",
    aliases: &["model"],
    required: false,
    about: "models to choose from, of equal errors the first",
};
const BEST: Parameter = optional("forecast_top_model", "how many of the best are averaged (3)");
const TESTS: Parameter = optional("forecast_test_period", "cut-offs by which models are judged (6)");
const PERIODS: Parameter = optional("forecast_end_period", "periods to forecast (12)");
const NEGATIVE: Parameter = optional("forecast_allow_negative", "Y keeps forecasts below zero (N)");

static FUNCTIONS: [Signature; 8] = [
    Signature {
        name: "forecast",
        aliases: &[],
        about: "Forecasts each id by the models that would have forecast its last periods best.",
        input: Input::Named(SERIES),
        parameters: &[
            MODELS,
            BEST,
            TESTS,
            PERIODS,
            NEGATIVE,
            optional("forecast_period", "month or week (month)"),
        ],
        output: Output::Columns(&[
            column("id", Kind::Text),
            column("ds", Kind::Date),
            column("y", Kind::Number),
            column("model", Kind::Text),
            column("lower", Kind::Number),
            column("upper", Kind::Number),
        ]),
    },
    Signature {
        name: "run_tbl_forecast",
        aliases: &["app.vendor.forecast.run_tbl_forecast"],
        about: "Forecasts by month from the month of run_date on, both ends included.",
        input: Input::Named(SERIES),
        parameters: &[
            required("run_date", "the forecast begins with its month"),
            MODELS,
            BEST,
            TESTS,
            PERIODS,
            NEGATIVE,
            optional("date_range_sla_month_forecast", "months by which run_date is moved (0)"),
        ],
        output: Output::Columns(&[
            column("id", Kind::Text),
            column("forecast", Kind::Number),
            column("month", Kind::Date),
            column("run_date", Kind::Date),
            column("upload_date", Kind::Timestamp),
        ]),
    },
    Signature {
        name: "min_max_service_level",
        aliases: &["app.vendor.replenishment.run_min_max_service_level"],
        about: "The safety factor of each service level: the quantile of the normal distribution.",
        input: Input::AtLeast(2),
        parameters: &[
            optional(
                "service_level_type",
                "a word of the set; the numbers themselves tell shares from percent",
            ),
            optional("service_level_round", "digits (5)"),
        ],
        output: Output::Depends("a factor for each level, the version, 'Y', the time"),
    },
    Signature {
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
    },
    Signature {
        name: "resample",
        aliases: &[],
        about: "Rows of an id gathered by period, with those in between that are missing.",
        input: Input::Named(SERIES),
        parameters: &[
            required("every", "day, week, month, quarter or year"),
            optional("how", "sum, mean, min, max, first, last or count (sum)"),
            optional("fill", "zero, null or forward: what a missing period gets (zero)"),
        ],
        output: Output::Columns(SERIES),
    },
    Signature {
        name: "pivot",
        aliases: &[],
        about: "A row for each id, with a column for each of the values.",
        input: Input::Named(&[
            column("id", Kind::Text),
            column("name", Kind::Text),
            column("y", Kind::Number),
        ]),
        parameters: &[
            required("values", "the names that become columns, in their order"),
            optional("how", "sum, mean, min, max, first, last or count (sum)"),
        ],
        output: Output::Depends("id, and a number for each of `values`"),
    },
    Signature {
        name: "rolling",
        aliases: &[],
        about: "Beside each row a figure over it and the rows of its id before it.",
        input: Input::Named(SERIES),
        parameters: &[
            required("window", "rows, this one included"),
            optional("how", "sum, mean, min, max, first, last or count (mean)"),
            optional("least", "rows that a figure needs (1)"),
        ],
        output: Output::Columns(&[
            column("id", Kind::Text),
            column("ds", Kind::Date),
            column("y", Kind::Number),
            column("rolling", Kind::Number),
        ]),
    },
    Signature {
        name: "abc_class",
        aliases: &[],
        about: "Classes by cumulated share, the greatest first.",
        input: Input::Named(&[column("id", Kind::Text), column("y", Kind::Number)]),
        parameters: &[optional("bounds", "cumulated shares at which classes end (0.8, 0.95, 1)")],
        output: Output::Columns(&[
            column("id", Kind::Text),
            column("y", Kind::Number),
            column("share", Kind::Number),
            column("cumulated", Kind::Number),
            column("class", Kind::Text),
        ]),
    },
];

/// The function that a catalog names.
pub fn named(name: &str) -> Option<&'static Signature> {
    let name = name.trim();
    FUNCTIONS.iter().find(|it| it.name == name || it.aliases.contains(&name))
}

/// All names, those from elsewhere too.
pub fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().flat_map(|it| std::iter::once(it.name).chain(it.aliases.iter().copied()))
}

impl Signature {
    /// The parameter of a name, which may be another's for it.
    pub fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters.iter().find(|it| it.name == name || it.aliases.contains(&name))
    }
}
