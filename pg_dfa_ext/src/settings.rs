//! The settings (GUCs) of the extension: `ALTER DATABASE … SET dfa.x = …` works for each.

use crate::error::{DfaError, Result};
use pgrx::guc::{GucContext, GucFlags, GucRegistry, GucSetting};
use std::ffi::{CStr, CString};

static AI_SCHEMA: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(Some(c"ai"));
static MAIN_SCHEMA: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(Some(c"public"));
static DATABASE: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(Some(c""));
static TIMEZONE: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(Some(c""));
static LOCK_TIMEOUT: GucSetting<i32> = GucSetting::<i32>::new(10_000);

/// Makes the settings known; called once when the library is loaded.
pub fn register() {
    text(c"dfa.ai_schema", c"Schema in which the data tables live.", &AI_SCHEMA);
    text(c"dfa.main_schema", c"Schema of the platform, {main_schema_name} in statements.", &MAIN_SCHEMA);
    text(c"dfa.database", c"What {database_name} stands for; empty: the current database.", &DATABASE);
    text(
        c"dfa.timezone",
        c"Time zone of {update_date} and of schedules; empty: that of the session.",
        &TIMEZONE,
    );
    GucRegistry::define_int_guc(
        c"dfa.lock_timeout",
        c"How long a run waits for another run of its table and for the writers of its sources.",
        c"Milliseconds; 0 waits without end.",
        &LOCK_TIMEOUT,
        0,
        i32::MAX,
        GucContext::Userset,
        GucFlags::UNIT_MS,
    );
}

fn text(name: &'static CStr, about: &'static CStr, setting: &'static GucSetting<Option<CString>>) {
    GucRegistry::define_string_guc(name, about, c"", setting, GucContext::Userset, GucFlags::default());
}

fn value(setting: &GucSetting<Option<CString>>) -> String {
    setting.get().map(|text| text.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The schema of the data tables.
pub fn ai_schema() -> Result<String> {
    let schema = value(&AI_SCHEMA);
    if schema.is_empty() || schema == "dfa" || schema.starts_with("pg_") {
        return Err(DfaError::InvalidArgument {
            argument: "dfa.ai_schema",
            value: schema,
            allowed: "Name a schema of your own, such as ai.".to_owned(),
        });
    }
    Ok(schema)
}

pub fn main_schema() -> String {
    value(&MAIN_SCHEMA)
}

/// `None`: the current database.
pub fn database() -> Option<String> {
    Some(value(&DATABASE)).filter(|name| !name.is_empty())
}

/// `None`: the time zone of the session.
pub fn timezone() -> Option<String> {
    Some(value(&TIMEZONE)).filter(|zone| !zone.is_empty())
}

/// Milliseconds; 0 waits without end.
pub fn lock_timeout() -> i32 {
    LOCK_TIMEOUT.get()
}
