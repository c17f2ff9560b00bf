//! The fields of a request: declared once, by `fields!`, from which come the reading (the same from a multipart form, an
//! urlencoded form, JSON and the query of an address) and what the document says.

#[cfg(test)]
mod any_input;
mod content_type;
mod date;
mod extract;
#[macro_use]
mod fields;
mod given;
mod kind;
mod parse;
mod target;

pub use content_type::content_type;
pub use date::{Date, Dates, Moment};
pub use extract::{Form, Payload, Query};
pub(crate) use fields::fields;
pub use fields::{carried, parameters, schema_of, NoFields, RequestFields, CARRIED};
pub use given::GivenFields;
pub use kind::{DataRows, FieldKind, Letters, List, Needed, Number, OneOf, Pattern, Text, YesNo, TEXT};
pub use target::{NeededTarget, SomeTarget, Target};
