//! DataFrame jobs: what SQL does badly, between the `load` and the `save` of a process, on polars.
//!
//! Pure: the bytes of one COPY in, those of another out. Which step is run, and whether it counts, the extension decides;
//! the service carries the bytes.

mod arguments;
mod calendar;
mod column;
mod decode;
mod encode;
mod function;
mod functions;
mod refusal;

pub use arguments::Arguments;
pub use decode::{Decoder, Kind};
pub use encode::{notes, Encoder};
pub use function::{begin, Note, Output, Parts, Work};
pub use refusal::{Refusal, Result};
