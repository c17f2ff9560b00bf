//! The script that makes a database of the last release one of this version: what is there of it is written by hand, the rest is the
//! difference between what both versions create.

use crate::objects::{Object, Objects};
use crate::{at, FROM, TO};
use dfa_tests::session::Session;
use std::path::PathBuf;

/// What nobody but a person can know: new names, changed types, what becomes of rows.
pub fn by_hand() -> String {
    let path = root().join(format!("pg_dfa_ext/sql/upgrade/{FROM}--{TO}.sql"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The script as it is kept.
pub fn path() -> PathBuf {
    root().join(format!("pg_dfa_ext/sql/dfa--{FROM}--{TO}.sql"))
}

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Makes the script.
pub fn write() -> String {
    let fresh = Objects::of(&mut at(TO));
    let mut session = at(FROM);
    let before = Objects::of(&mut session);
    let removed = removed(&mut session, &before, &fresh);
    session.run(include_str!("detach.sql"));
    session.run(&removed);
    session.run(&by_hand());
    let halfway = Objects::of(&mut session);
    format!(
        "-- ALTER EXTENSION dfa UPDATE, from {FROM} to {TO}. Written by `make upgrade-script`: change \
         pg_dfa_ext/sql/upgrade/{FROM}--{TO}.sql\n-- and the schema, not this file.\n\
         \n-- Waits for steps under way, and lets none begin. In the order in which workers lock them when they look for work.\n\
         lock table dfa.task_process, dfa.task_step in access exclusive mode;\n\
         -- Workers of before have the library of before. None is at a step now; what they would do next is there for others.\n\
         select pg_terminate_backend(pid) from pg_stat_activity\n\
         where backend_type = 'dfa worker' and datname = current_database();\n\
         \n-- What stands in the way.\n{removed}\
         \n-- By hand.\n{}\
         \n-- What is new or has changed.\n{}\n-- What was under way goes on.\nselect dfa.call_workers();\n",
        by_hand(),
        made(&before, &halfway, &fresh)
    )
}

/// What is not there any more, or cannot be replaced in place, and what depends on it, the last made first.
fn removed(session: &mut Session, before: &Objects, fresh: &Objects) -> String {
    let stays = |object: &&Object| match fresh.find(&object.class, &object.name) {
        Some(new) => object.definition == new.definition || object.can_become(new),
        None => false,
    };
    let gone: Vec<&Object> = before.iter().filter(|object| object.is_removable() && !stays(object)).collect();
    let all = before.with_dependants(session, &gone);
    all.into_iter().rev().map(|object| statement(&object.remove)).collect()
}

/// What makes the halfway house a fresh one.
fn made(before: &Objects, halfway: &Objects, fresh: &Objects) -> String {
    let mut statements = String::new();
    let is_new = |class: &str, name: &str| halfway.find(class, name).is_none();
    // First: what is taken of a table is taken of its columns, too.
    for old in halfway.iter().filter(|old| fresh.find(&old.class, &old.name).is_none()) {
        match old.class.as_str() {
            "comment" | "grant" => statements.push_str(&statement(&old.remove)),
            _ => panic!(
                "{} {} is gone: pg_dfa_ext/sql/upgrade/{FROM}--{TO}.sql must see to it",
                old.class, old.name
            ),
        }
    }
    for new in fresh.iter() {
        let old = match new.class.as_str() {
            // Nothing is registered where nothing is a part of the extension.
            "dumped rows" => before.find(&new.class, &new.name),
            _ => halfway.find(&new.class, &new.name),
        };
        let table = new.name.rsplit_once('.').map_or("", |(table, _)| table);
        let comes_with_another = match new.class.as_str() {
            "column" => is_new("table", table),
            "default" => is_new("column", &new.name) && !is_new("table", table),
            _ => false,
        };
        match old {
            _ if comes_with_another => {}
            Some(old) if old.definition == new.definition => {}
            Some(old) if !old.can_become(new) => panic!(
                "{} {} is another one now, which pg_dfa_ext/sql/upgrade/{FROM}--{TO}.sql must see to.\nbefore: {}\nnow: {}",
                new.class, new.name, old.definition, new.definition
            ),
            _ => statements.push_str(&statement(&new.make)),
        }
        // Everybody may use what is new, unless it is said.
        if old.is_none() && matches!(new.class.as_str(), "routine" | "type") {
            let what = new.remove.trim_start_matches("drop ");
            statements.push_str(&statement(&format!("revoke all on {what} from public")));
        }
    }
    statements
}

fn statement(text: &str) -> String {
    format!("{};\n", text.trim_end().trim_end_matches(';'))
}
