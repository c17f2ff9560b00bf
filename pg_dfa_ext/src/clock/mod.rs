//! One clock: whatever DFA does with time, it does in one zone, `dfa.timezone` or else that of the database, never that
//! of the session that happens to call. The same holds for how values become texts and texts values, so that a node
//! does the same from psql on a laptop, through a JDBC driver and in a worker.

mod server;
mod zone;

pub use server::setting as of_server;
pub use zone::zone;

use crate::error::{DfaError, Result};
use crate::pinned::Inside;
use crate::{nest, settings, spi};
use pgrx::datum::TimestampWithTimeZone;
use pgrx::pg_sys;
use std::cell::{Cell, RefCell};
use std::ffi::{CStr, CString};

/// What every session has unless it says otherwise; nothing of it is worth asking the database for.
const FORMS: [(&CStr, &CStr); 9] = [
    (c"IntervalStyle", c"postgres"),
    (c"extra_float_digits", c"1"),
    (c"bytea_output", c"hex"),
    (c"standard_conforming_strings", c"on"),
    (c"quote_all_identifiers", c"off"),
    (c"array_nulls", c"on"),
    (c"xmlbinary", c"base64"),
    (c"xmloption", c"content"),
    // Rows that a node changed are counted by it.
    (c"track_counts", c"on"),
];

/// The clock of a transaction; it does not change while the transaction lasts.
#[derive(Clone)]
struct Known {
    transaction: i64,
    /// What `dfa.timezone` said when this was found out.
    asked: Option<String>,
    zone: CString,
    date_style: CString,
}

thread_local! {
    /// How often a session had the counting of rows switched off when a call of ours began.
    static UNCOUNTED: Cell<u64> = const { Cell::new(0) };
    static KNOWN: RefCell<Option<Known>> = const { RefCell::new(None) };
}

/// Another number means that rows may have been changed meanwhile, by statements before the call, that nobody counted.
pub fn uncounted() -> u64 {
    UNCOUNTED.get()
}

/// Runs `work` by the clock, with the search path of our own statements. Settings that it leaves behind, its own and those of SQL that it runs, end with it.
///
/// # Errors
/// Those of `work`. The transaction or subtransaction around must end with an error, as it does anyway: the settings go
/// back with it.
pub fn kept<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    // SAFETY: a nest level of its own, as a function with a SET clause has it. It is closed as an aborted one is, which
    // takes back every SET below it.
    let level = unsafe { pg_sys::NewGUCNestLevel() };
    let _inside = Inside::enter();
    set()?;
    let value = work()?;
    unsafe { pg_sys::AtEOXact_GUC(false, level) };
    Ok(value)
}

/// What follows in this transaction goes by the clock, too.
///
/// # Errors
/// A zone that nobody knows.
pub fn set() -> Result<()> {
    let known = known()?;
    if !put(c"TimeZone", &known.zone) {
        return Err(DfaError::InvalidArgument {
            argument: "dfa.timezone",
            value: known.zone.to_string_lossy().into_owned(),
            allowed: "Give the name of a zone, such as Asia/Bangkok or UTC.".to_owned(),
        });
    }
    put(c"DateStyle", &known.date_style);
    // SAFETY: a global of this backend.
    if !unsafe { pg_sys::pgstat_track_counts } {
        UNCOUNTED.set(UNCOUNTED.get() + 1);
    }
    for (name, value) in FORMS {
        put(name, value);
    }
    Ok(())
}

/// False if the value is none of this setting.
fn put(name: &CStr, value: &CStr) -> bool {
    // SAFETY: the text is the server's, valid until the setting changes.
    unsafe {
        let current = pg_sys::GetConfigOption(name.as_ptr(), true, false);
        if !current.is_null() && CStr::from_ptr(current) == value {
            return true;
        }
    }
    nest::try_save(name, value)
}

/// Looked up once in a transaction.
fn known() -> Result<Known> {
    let asked = settings::timezone();
    // SAFETY: reads a global of this backend.
    let transaction = unsafe { pg_sys::GetCurrentTransactionStartTimestamp() };
    let found = KNOWN.with_borrow(|known| known.clone());
    if let Some(found) = found.filter(|known| known.transaction == transaction && known.asked == asked) {
        return Ok(found);
    }
    let database = of_database()?;
    let zone = match &asked {
        Some(zone) => zone.clone(),
        None => database
            .get("timezone")
            .map_or_else(|| server::setting("TimeZone"), |zone| Ok(zone.to_owned()))?,
    };
    let style = database
        .get("datestyle")
        .map_or_else(|| server::setting("DateStyle"), |style| Ok(style.to_owned()))?;
    let text =
        |text: String| CString::new(text).map_err(|_| DfaError::internal("a setting holds a NUL character"));
    let date_style = text(format!("ISO, {}", order_of(&style)))?;
    let known = Known { transaction, asked, zone: text(zone)?, date_style };
    KNOWN.with_borrow_mut(|kept| *kept = Some(known.clone()));
    Ok(known)
}

/// What ALTER DATABASE and ALTER ROLE ALL set, the database first.
struct OfDatabase(Vec<String>);

impl OfDatabase {
    fn get(&self, wanted: &str) -> Option<&str> {
        self.0
            .iter()
            .filter_map(|it| it.split_once('='))
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|it| it.1)
    }
}

fn of_database() -> Result<OfDatabase> {
    let rows = spi::values::<Vec<String>>("select setconfig from pg_catalog.pg_db_role_setting as known
         where setrole operator(pg_catalog.=) 0::oid and setdatabase operator(pg_catalog.=) any (array[$1, 0::oid])
         order by setdatabase operator(pg_catalog.=) 0::oid", // SAFETY: reads a global of this backend.
        &[unsafe { pg_sys::MyDatabaseId }.into()])?;
    Ok(OfDatabase(rows.into_iter().flatten().collect()))
}

/// The order of day, month and year in dates that are not written ISO: what the database takes them for.
fn order_of(style: &str) -> &'static str {
    let style = style.to_ascii_lowercase();
    let has = |word: &str| style.split([',', ' ']).any(|part| part == word);
    if has("ymd") {
        "YMD"
    } else if has("dmy")
        || style.contains("euro") && !style.contains("noneuro")
        || has("german") && !has("mdy")
    {
        "DMY"
    } else {
        "MDY"
    }
}

/// Today for those who run by the clock already, as `YYYY-MM-DD`.
pub fn day() -> Result<String> {
    let day = spi::value::<Option<String>>("select current_date::text", &[])?;
    day.flatten().ok_or_else(|| DfaError::internal("there is no date today"))
}

/// Now as `YYYY-MM-DD HH24:MI:SS`, for those who run by the clock already.
pub fn now_text() -> String {
    // SAFETY: the time broken down in the zone of the session; a name of the server's for its text.
    unsafe {
        let now: pg_sys::pg_time_t = pg_sys::timestamptz_to_time_t(pg_sys::GetCurrentTimestamp());
        let broken = pg_sys::pg_localtime(&raw const now, pg_sys::session_timezone);
        let Some(at) = broken.as_ref() else { return String::new() };
        format!(
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
            at.tm_year + 1900,
            at.tm_mon + 1,
            at.tm_mday,
            at.tm_hour,
            at.tm_min,
            at.tm_sec
        )
    }
}

/// Today in UTC, where a day more or less does not matter.
pub fn utc_day() -> Option<jiff::civil::Date> {
    const MICROSECONDS: i64 = 86_400_000_000;
    // SAFETY: reads the clock.
    let days = unsafe { pg_sys::GetCurrentTimestamp() }.div_euclid(MICROSECONDS);
    jiff::civil::date(2000, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// The name of the clock's zone.
pub fn zone_name() -> Result<String> {
    Ok(known()?.zone.to_string_lossy().into_owned())
}

/// Now, and not when the transaction began.
pub fn now() -> TimestampWithTimeZone {
    // SAFETY: reads the clock.
    let micros = unsafe { pg_sys::GetCurrentTimestamp() };
    TimestampWithTimeZone::try_from(micros).unwrap_or_else(|_| TimestampWithTimeZone::negative_infinity())
}
