//! The version of this library, and that of the objects in a database.

use crate::error::Result;
use crate::spi;

const OWN: &str = env!("CARGO_PKG_VERSION");

/// Whether the objects of this database are those of this library. They are not between the installation of a new one and
/// `ALTER EXTENSION dfa UPDATE`, and in a process that still has the old one after that.
pub fn is_that_of_the_objects() -> Result<bool> {
    let of_objects = spi::value::<String>("select extversion from pg_extension where extname = 'dfa'", &[])?;
    Ok(of_objects.as_deref() == Some(OWN))
}
