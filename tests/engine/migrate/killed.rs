//! Killed at any moment, a migration has either happened or not.

use crate::killed::Victim;

const KILLS: u32 = 30;
const ROWS: u32 = 20_000;

/// Two shapes of one table, with a view on it: every step between them takes several changes.
fn catalog(version: u32) -> String {
    let (year, day) = (2000 + version / 28, 1 + version % 28);
    let create = if version.is_multiple_of(2) {
        "features: {id: serial, a: int, b: 'text default ''x''', day: 'date not null'}, primary_key: [id]"
    } else {
        "features: {id: serial, a: bigint, c: 'int check (c > 0)', day: 'date not null'}, primary_key: [id, day], partition_by_range: [day]"
    };
    format!(
        "src_t: {{version: {year}-01-{day:02}, create: {{{create}}}}}\n\
         'view:v_t': {{create: 'create or replace view {{ai_schema_name}}.v_t as select id, a from {{ai_schema_name}}.src_t'}}"
    )
}

const MIGRATE: &str = "select * from dfa.migrate(allow_destructive => true)";

#[test]
fn a_migration_happens_as_a_whole_or_not_at_all() {
    let mut victim = Victim::with(&catalog(0));
    let session = &mut victim.session;
    session.run(&format!(
        "insert into ai.src_t (a, day) select n, date '2020-06-01' + n % 700 from generate_series(1, {ROWS}) as n;
         create role killed_analyst; grant select on ai.v_t to killed_analyst"
    ));
    let sums = "select count(*), sum(id), sum(a), (select sum(a) from ai.v_t) from ai.src_t";
    let all = session.value(sums);
    for version in 1..=2 {
        victim.session.load(&catalog(version));
        victim.measure(MIGRATE);
    }
    for kill in 0..KILLS {
        victim.session.load(&catalog(kill + 3));
        let planned = victim.session.rows("select change, object from dfa.plan()");
        assert!(planned.len() > 2, "{planned:?}");
        let done = victim.kill_during(MIGRATE, kill, KILLS);
        let session = &mut victim.session;
        let left = session.rows("select change, object from dfa.plan()");
        assert!(left.is_empty() || (!done && left == planned), "after kill {kill}: {left:?}");
        assert_eq!(session.value(sums), all, "after kill {kill}");
        let granted = "select has_table_privilege('killed_analyst', 'ai.v_t', 'select')";
        assert_eq!(session.value(granted), "t");
        assert_eq!(session.value("select count(*) from pg_class where relname like '%before%'"), "0");
        session.run(MIGRATE);
        assert!(session.rows("select ddl from dfa.plan()").is_empty());
        assert_eq!(session.value(sums), all);
        session.run("with new as (insert into ai.src_t (a, day) values (1, '2021-01-01') returning id) select id from new");
        session.run(&format!("delete from ai.src_t where id > {ROWS}"));
    }
    victim.assert_most_died(KILLS);
}
