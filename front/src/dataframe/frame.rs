//! Rows by columns, as a `load` gives them and a `save` takes them.

/// A number as `numeric` has it: `digits` divided by ten to the power of `scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    pub digits: i128,
    pub scale: u16,
}

/// The values of one column.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    Flag(Vec<Option<bool>>),
    Whole(Vec<Option<i64>>),
    Double(Vec<Option<f64>>),
    Decimal(Vec<Option<Decimal>>),
    Text(Vec<Option<Box<str>>>),
    /// Days since 1970-01-01; the ends of the range are the infinities.
    Date(Vec<Option<i32>>),
    /// Microseconds since 1970-01-01, of a clock without zone.
    Timestamp(Vec<Option<i64>>),
    /// The same in UTC.
    Moment(Vec<Option<i64>>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub name: String,
    pub values: Values,
}

/// Columns of equal length.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Frame {
    pub columns: Vec<Column>,
}

impl Frame {
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }
}

impl Column {
    pub fn new(name: &str, values: Values) -> Column {
        Column { name: name.to_owned(), values }
    }
}

impl Values {
    pub fn len(&self) -> usize {
        match self {
            Values::Flag(values) => values.len(),
            Values::Whole(values) => values.len(),
            Values::Double(values) => values.len(),
            Values::Decimal(values) => values.len(),
            Values::Text(values) => values.len(),
            Values::Date(values) => values.len(),
            Values::Timestamp(values) | Values::Moment(values) => values.len(),
        }
    }

    /// The name of the type in Postgres.
    pub fn type_name(&self) -> &'static str {
        match self {
            Values::Flag(_) => "boolean",
            Values::Whole(_) => "bigint",
            Values::Double(_) => "double precision",
            Values::Decimal(_) => "numeric",
            Values::Text(_) => "text",
            Values::Date(_) => "date",
            Values::Timestamp(_) => "timestamp",
            Values::Moment(_) => "timestamptz",
        }
    }

    /// The number in a row; `Err` if the column holds none.
    pub fn number(&self, row: usize) -> Result<Option<f64>, &'static str> {
        match self {
            Values::Whole(values) => Ok(values[row].map(|value| value as f64)),
            Values::Double(values) => Ok(values[row]),
            Values::Decimal(values) => Ok(values[row].map(Decimal::to_f64)),
            other => Err(other.type_name()),
        }
    }

    /// The value in a row as text, whatever its type.
    pub fn text(&self, row: usize) -> Option<String> {
        match self {
            Values::Flag(values) => values[row].map(|value| if value { "t" } else { "f" }.to_owned()),
            Values::Whole(values) => values[row].map(|value| value.to_string()),
            Values::Double(values) => values[row].map(double_text),
            Values::Decimal(values) => values[row].map(|value| value.to_string()),
            Values::Text(values) => values[row].as_ref().map(|value| value.to_string()),
            Values::Date(values) => values[row].map(date_text),
            Values::Timestamp(values) => values[row].map(timestamp_text),
            Values::Moment(values) => values[row].map(|value| format!("{}+00", timestamp_text(value))),
        }
    }
}

impl Decimal {
    /// No number has this scale: what `numeric` knows beside numbers.
    const SPECIAL: u16 = u16::MAX;
    pub const NAN: Decimal = Decimal { digits: 0, scale: Decimal::SPECIAL };
    pub const INFINITY: Decimal = Decimal { digits: 1, scale: Decimal::SPECIAL };
    pub const NEGATIVE_INFINITY: Decimal = Decimal { digits: -1, scale: Decimal::SPECIAL };

    /// The nearest double.
    pub fn to_f64(self) -> f64 {
        // Both exact, so one division rounds once.
        if self.digits.unsigned_abs() <= 1 << 53 && self.scale <= 22 {
            return self.digits as f64 / 10_f64.powi(i32::from(self.scale));
        }
        self.to_string().parse().unwrap_or(f64::NAN)
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.scale == Decimal::SPECIAL {
            return f.write_str(match self.digits {
                0 => "NaN",
                1 => "Infinity",
                _ => "-Infinity",
            });
        }
        let scale = usize::from(self.scale);
        let sign = if self.digits < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", self.digits.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        match fraction {
            "" => write!(f, "{sign}{whole}"),
            fraction => write!(f, "{sign}{whole}.{fraction}"),
        }
    }
}

fn double_text(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else {
        // The shortest digits that give the number back.
        format!("{value:e}")
    }
}

/// A day as Postgres reads it.
pub fn date_text(day: i32) -> String {
    match day {
        i32::MAX => "infinity".to_owned(),
        i32::MIN => "-infinity".to_owned(),
        day => {
            let (year, month, day) = super::calendar::civil(i64::from(day));
            match year {
                1.. => format!("{year:04}-{month:02}-{day:02}"),
                _ => format!("{:04}-{month:02}-{day:02} BC", 1 - year),
            }
        }
    }
}

fn timestamp_text(micros: i64) -> String {
    const DAY: i64 = 86_400_000_000;
    match micros {
        i64::MAX => "infinity".to_owned(),
        i64::MIN => "-infinity".to_owned(),
        micros => {
            let day = date_text(i32::try_from(micros.div_euclid(DAY)).unwrap_or(i32::MAX));
            let rest = micros.rem_euclid(DAY);
            let (seconds, micros) = (rest / 1_000_000, rest % 1_000_000);
            let clock =
                format!("{:02}:{:02}:{:02}.{micros:06}", seconds / 3600, seconds / 60 % 60, seconds % 60);
            match day.strip_suffix(" BC") {
                Some(day) => format!("{day} {clock} BC"),
                None => format!("{day} {clock}"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_is_written_as_it_is() {
        let text = |digits, scale| Decimal { digits, scale }.to_string();
        assert_eq!(text(12345, 2), "123.45");
        assert_eq!(text(-5, 3), "-0.005");
        assert_eq!(text(0, 0), "0");
        assert_eq!(text(i128::MAX, 38), "1.70141183460469231731687303715884105727");
        assert_eq!(Decimal { digits: 1, scale: 1 }.to_f64(), 0.1);
        assert_eq!(
            Decimal { digits: 123_456_789_012_345_678_901, scale: 3 }.to_f64(),
            123_456_789_012_345_680.0
        );
    }

    #[test]
    fn days_and_moments_are_written_as_postgres_reads_them() {
        assert_eq!(date_text(0), "1970-01-01");
        assert_eq!(date_text(-719_163), "0001-12-31 BC");
        assert_eq!(date_text(i32::MAX), "infinity");
        assert_eq!(timestamp_text(-1), "1969-12-31 23:59:59.999999");
    }

    #[test]
    fn doubles_keep_every_bit() {
        for value in [0.1, 1e300, 5e-324, -0.0, f64::MAX, 123_456_789.123_456_78] {
            assert_eq!(double_text(value).parse::<f64>().unwrap().to_bits(), value.to_bits());
        }
    }
}
