//! The settings (GUCs) of the extension: `ALTER DATABASE … SET dfa.x = …` works for each.

use crate::error::{DfaError, Result};
use crate::pg_compat;
use pgrx::guc::{GucContext, GucFlags, GucRegistry, GucSetting};
use pgrx::pg_sys;
use std::ffi::{CStr, CString};

static AI_SCHEMA: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(Some(c"ai"));
static MAIN_SCHEMA: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(Some(c"public"));
static DATABASE: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(Some(c""));
static TIMEZONE: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(Some(c""));
static MAX_WORKERS: GucSetting<i32> = GucSetting::<i32>::new(4);
static TRIGGER_RETRIES: GucSetting<i32> = GucSetting::<i32>::new(3);
static KEY: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(Some(c""));
static KEY_PATTERNS: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(Some(c""));
static LOG_RETENTION: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(Some(c"1 year"));
static RETENTION_SCHEDULE: GucSetting<Option<CString>> =
    GucSetting::<Option<CString>>::new(Some(c"0 2 * * sun#1"));
static PERSON: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(Some(c""));
static REASON: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(Some(c""));
static WAY: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(Some(c""));
static DATAFRAME_MEMORY: GucSetting<i32> = GucSetting::<i32>::new(1024);
static LOCK_TIMEOUT: GucSetting<i32> = GucSetting::<i32>::new(10_000);

/// Makes the settings known; called once when the library is loaded.
pub fn register() {
    text(c"dfa.ai_schema", c"Schema in which the data tables live.", &AI_SCHEMA);
    text(c"dfa.main_schema", c"Schema of the platform, {main_schema_name} in statements.", &MAIN_SCHEMA);
    text(c"dfa.database", c"What {database_name} stands for; empty: the current database.", &DATABASE);
    text(
        c"dfa.timezone",
        c"Time zone of everything that DFA does with time; empty: that of the database.",
        &TIMEZONE,
    );
    GucRegistry::define_int_guc(
        c"dfa.lock_timeout",
        c"How long anything of DFA waits for a lock that others have.",
        c"Milliseconds; 0 waits without end.",
        &LOCK_TIMEOUT,
        0,
        i32::MAX,
        GucContext::Userset,
        GucFlags::UNIT_MS,
    );
    GucRegistry::define_int_guc(
        c"dfa.dataframe_memory",
        c"How much a front service may keep of the input of a DataFrame function.",
        c"A load that gives more is an error of its step.",
        &DATAFRAME_MEMORY,
        1,
        i32::MAX,
        GucContext::Userset,
        GucFlags::UNIT_MB,
    );
    GucRegistry::define_int_guc(
        c"dfa.max_workers",
        c"How many workers run the background tasks of a database at once.",
        c"Each takes one of max_worker_processes; 0 allows none.",
        &MAX_WORKERS,
        0,
        1024,
        GucContext::Suset,
        GucFlags::default(),
    );
    GucRegistry::define_int_guc(
        c"dfa.trigger_retries",
        c"How often a triggered pipeline that failed is started again.",
        c"",
        &TRIGGER_RETRIES,
        0,
        1000,
        GucContext::Userset,
        GucFlags::default(),
    );
    text(c"dfa.key", c"The key with which a request came to a front service, which sets this.", &KEY);
    text(
        c"dfa.key_patterns",
        c"The tables, pipelines and sources that this key is for; empty: all. A front service sets this.",
        &KEY_PATTERNS,
    );
    text(
        c"dfa.log_retention",
        c"How long tasks and logs are kept, such as 90 days; empty: for ever.",
        &LOG_RETENTION,
    );
    text(
        c"dfa.retention_schedule",
        c"When the scheduler runs the retention of all tables, as a schedule of a pipeline; empty: never.",
        &RETENTION_SCHEDULE,
    );
    text(c"dfa.person", c"In whose name a program works here, as it says; kept with tasks.", &PERSON);
    text(c"dfa.reason", c"Why somebody does what follows; kept in the audit.", &REASON);
    text(c"dfa.way", c"By which way somebody came, as the program says; empty: sql.", &WAY);
}

fn text(name: &'static CStr, about: &'static CStr, setting: &'static GucSetting<Option<CString>>) {
    GucRegistry::define_string_guc(name, about, c"", setting, GucContext::Userset, GucFlags::default());
}

fn value(setting: &GucSetting<Option<CString>>) -> String {
    setting.get().map(|text| text.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Somebody has set a data schema, for this session, its role or the database.
pub fn asks_for_a_schema() -> bool {
    pg_compat::setting(c"dfa.ai_schema").is_none_or(|known| known.source > pg_sys::GucSource::PGC_S_DEFAULT)
}

/// The schema that is set, which need not be that of the database.
pub fn asked_schema() -> Result<String> {
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

/// `None`: the time zone of the database; see [`crate::clock`].
pub fn timezone() -> Option<String> {
    Some(value(&TIMEZONE)).filter(|zone| !zone.is_empty())
}

/// Workers of a database at once.
pub fn max_workers() -> i32 {
    MAX_WORKERS.get()
}

/// Attempts after the first of a triggered pipeline.
pub fn trigger_retries() -> i32 {
    TRIGGER_RETRIES.get()
}

/// An interval as Postgres writes it; `None`: logs are kept for ever.
pub fn log_retention() -> Option<String> {
    Some(value(&LOG_RETENTION)).filter(|interval| !interval.trim().is_empty())
}

/// The key with which a request came; empty: none.
pub fn key() -> String {
    value(&KEY)
}

/// What that key is for, by commas; `None`: everything.
pub fn key_patterns() -> Option<String> {
    Some(value(&KEY_PATTERNS)).filter(|patterns| !patterns.is_empty())
}

/// As it is written; empty: retention is not scheduled.
pub fn retention_schedule() -> String {
    value(&RETENTION_SCHEDULE).trim().to_owned()
}

/// Milliseconds; 0 waits without end.
pub fn lock_timeout() -> i32 {
    LOCK_TIMEOUT.get()
}

/// Bytes that a front service may keep of the input of a DataFrame function.
pub fn dataframe_memory() -> i64 {
    i64::from(DATAFRAME_MEMORY.get()) << 20
}
