//! The objects of an upgraded database.

use crate::objects::Objects;
use crate::{at, script, FROM, TO};
use dfa_tests::session::Session;
use std::fmt::Debug;

/// What is to be done when one of these tests fails.
const ADVICE: &str = "A fresh database and an upgraded one differ. Run `make upgrade-script`, which writes the difference into the \
     script of the upgrade; what it cannot know (new names, changed types, rows), it asks you to write down. Commit the script.";

/// Members of the extension, the rows that a dump takes, and the rights that a dump leaves out.
const OF_THE_EXTENSION: &str = "
select 'member', known.type, known.identity
from pg_depend cross join lateral pg_identify_object(classid, objid, objsubid) as known
where refclassid = 'pg_extension'::regclass and deptype = 'e'
  and refobjid = (select oid from pg_extension where extname = 'dfa')
union all
select 'first rights', known.type || ' ' || known.identity, entry.acl
from pg_init_privs as first
     cross join lateral pg_identify_object(classoid, objoid, objsubid) as known
     cross join lateral (
         select string_agg(acl::text, ' ' order by acl::text) as acl from unnest(initprivs) as acl
     ) as entry
where known.schema = 'dfa' or known.identity like 'dfa.%'
order by 1, 2, 3";

/// The rows that a database has before anybody does anything.
const FIRST_ROWS: &str = "
select relname, (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from dfa.%I', relname), false, true, '')))[1]
from pg_class where relnamespace = 'dfa'::regnamespace and relkind = 'r'
order by relname";

fn upgraded() -> Session {
    let mut session = at(FROM);
    session.run("alter extension dfa update");
    session
}

fn assert_same<T: PartialEq + Ord + Debug>(fresh: &[T], upgraded: &[T]) {
    let missing: Vec<_> = fresh.iter().filter(|it| !upgraded.contains(it)).collect();
    let too_much: Vec<_> = upgraded.iter().filter(|it| !fresh.contains(it)).collect();
    assert!(
        missing.is_empty() && too_much.is_empty(),
        "{ADVICE}\nonly in a fresh one: {missing:#?}\nonly in an upgraded one: {too_much:#?}"
    );
}

#[test]
fn an_upgraded_database_has_the_objects_of_a_fresh_one() {
    let definitions = |session: &mut Session| -> Vec<String> {
        let objects = Objects::of(session);
        objects.iter().map(|it| format!("{} {}: {}", it.class, it.name, it.definition)).collect()
    };
    let fresh = definitions(&mut at(TO));
    assert!(fresh.len() > 1000, "{}", fresh.len());
    assert_same(&fresh, &definitions(&mut upgraded()));
}

#[test]
fn an_upgraded_extension_has_the_members_the_dumped_rows_and_the_first_rights_of_a_fresh_one() {
    let fresh = at(TO).rows(OF_THE_EXTENSION);
    assert!(fresh.len() > 200, "{}", fresh.len());
    assert_same(&fresh, &upgraded().rows(OF_THE_EXTENSION));
}

#[test]
fn an_upgrade_makes_the_rows_that_a_fresh_database_begins_with() {
    assert_same(&at(TO).rows(FIRST_ROWS), &upgraded().rows(FIRST_ROWS));
}

/// Also writes it, when asked to: `UPDATE_SCRIPT=1`, as `make upgrade-script` does.
#[test]
fn the_script_of_the_upgrade_says_what_is_to_be_done_by_hand() {
    if std::env::var_os("UPDATE_SCRIPT").is_some() {
        std::fs::write(script::path(), script::write()).unwrap();
    }
    let kept = std::fs::read_to_string(script::path()).unwrap();
    assert!(kept.contains(&script::by_hand()), "{ADVICE}");
}
