//! How the columns of a `load` go to the service: Postgres' own text where a function takes a text, a double where it
//! computes with one, and what it does not ask for not at all.

use dfa_catalog::dataframe::{named, Input as Wanted, Kind};
use pgrx::pg_sys::{self, Oid};

/// A COPY, and the names and types of what it sends.
pub struct Input {
    pub copy: String,
    pub columns: Vec<String>,
    pub types: Vec<Oid>,
}

const TEXTS: [Oid; 4] = [pg_sys::TEXTOID, pg_sys::VARCHAROID, pg_sys::BPCHAROID, pg_sys::NAMEOID];
/// Numbers that a double holds, or a frame does.
const NUMBERS: [Oid; 5] =
    [pg_sys::INT2OID, pg_sys::INT4OID, pg_sys::INT8OID, pg_sys::FLOAT4OID, pg_sys::FLOAT8OID];
/// What a frame has a type for, beside numbers and texts.
const OTHERS: [Oid; 6] = [
    pg_sys::BOOLOID,
    pg_sys::NUMERICOID,
    pg_sys::DATEOID,
    pg_sys::TIMEOID,
    pg_sys::TIMESTAMPOID,
    pg_sys::TIMESTAMPTZOID,
];

/// The input of a function from a query with these columns.
pub fn of(query: &str, function: &str, found: &[(String, Oid)]) -> Input {
    let carried: Vec<Option<Carried>> = match named(function).map(|it| &it.input) {
        Some(Wanted::Named(wanted)) => {
            let is_given = |name: &str| found.iter().any(|it| it.0.eq_ignore_ascii_case(name));
            let complete = wanted.iter().all(|column| is_given(column.name));
            let kind = |name: &str| wanted.iter().find(|it| it.name.eq_ignore_ascii_case(name));
            let each = found.iter().map(|(name, own)| match kind(name) {
                Some(column) => Some(Carried::to(column.kind, *own)),
                // The service says what is missing, and what there is.
                None if !complete => Some(Carried::to(Kind::Text, *own)),
                None => None,
            });
            each.collect()
        }
        Some(Wanted::AtLeast(_) | Wanted::Exactly(_)) => {
            // A version comes last.
            let kind = |place| if place + 1 == found.len() { Kind::Text } else { Kind::Number };
            found.iter().enumerate().map(|(place, it)| Some(Carried::to(kind(place), it.1))).collect()
        }
        Some(Wanted::Any) | None => found.iter().map(|it| Some(Carried::as_is(it.1))).collect(),
    };
    let names: Vec<String> = (1..=found.len()).map(|number| format!("c{number}")).collect();
    let (mut values, mut columns, mut types) = (Vec::new(), Vec::new(), Vec::new());
    for ((name, (own, _)), carried) in names.iter().zip(found).zip(&carried) {
        if let Some(Carried { cast, kind }) = carried {
            values.push(format!("{name}{cast}"));
            columns.push(own.clone());
            types.push(*kind);
        }
    }
    let copy = if values == names {
        format!("copy ({query}\n) to stdout (format binary)")
    } else {
        let (values, names) = (values.join(", "), names.join(", "));
        format!("copy (select {values} from ({query}\n) as load ({names})) to stdout (format binary)")
    };
    Input { copy, columns, types }
}

/// A column on its way.
struct Carried {
    cast: &'static str,
    kind: Oid,
}

const AS_TEXT: Carried = Carried { cast: "::pg_catalog.text", kind: pg_sys::TEXTOID };

impl Carried {
    /// To a function that takes a text, a number or a date.
    fn to(kind: Kind, own: Oid) -> Carried {
        let is_whole = match kind {
            Kind::Text => TEXTS.contains(&own),
            Kind::Number => TEXTS.contains(&own) || NUMBERS.contains(&own),
            Kind::Date | Kind::Timestamp => {
                TEXTS.contains(&own) || [pg_sys::DATEOID, pg_sys::TIMESTAMPOID].contains(&own)
            }
        };
        match (kind, own) {
            _ if is_whole => Carried { cast: "", kind: own },
            (Kind::Number, pg_sys::NUMERICOID) => {
                Carried { cast: "::pg_catalog.float8", kind: pg_sys::FLOAT8OID }
            }
            // By the clock.
            (Kind::Date | Kind::Timestamp, pg_sys::TIMESTAMPTZOID) => {
                Carried { cast: "::pg_catalog.timestamp", kind: pg_sys::TIMESTAMPOID }
            }
            // A column of another type is refused by that.
            (Kind::Number | Kind::Date | Kind::Timestamp, _) => Carried::as_is(own),
            (Kind::Text, _) => AS_TEXT,
        }
    }

    fn as_is(own: Oid) -> Carried {
        let is_known = TEXTS.contains(&own) || NUMBERS.contains(&own) || OTHERS.contains(&own);
        if is_known {
            Carried { cast: "", kind: own }
        } else {
            AS_TEXT
        }
    }
}
