//! Tables lie on the machines as their catalogs say, and come to lie so by a migration.

use crate::nodes::{both, pair, turn};

/// How the tables of the catalog lie: name, column or `reference`.
const LAYOUT: &str = "
    select logicalrelid::text,
           case when partmethod = 'n' then 'reference' else column_to_column_name(logicalrelid, partkey) end,
           dense_rank() over (order by colocationid)
    from pg_dist_partition where logicalrelid::text !~ '_p20|_default' and (partmethod <> 'n' or repmodel = 't') order by 1";

pub const CATALOG: &str = r#"
src_store: {create: {features: {store: int, region: text}, primary_key: [store]}, reference: true}
src_in:
  create:
    features: {id: bigint not null, store: int not null, day: date not null, amount: 'numeric(14,2)'}
    primary_key: [day, store, id]
    partition_by_range: [day]
    foreign_key: {store: src_store}
  distribute_by: store
  retention: {column: day, months: 12, backup: rows}
ai_a:
  create: {features: {day: date, store: int, region: text, n: bigint, amount: numeric}, primary_key: [day, store]}
  distribute_by: store
  colocate_with: src_in
  update: {fill: {parameter: [run_date, data_date], statement: "insert into {ai_schema_name}.ai_a select day, store, region, count(*), sum(amount) from {ai_schema_name}.src_in join {ai_schema_name}.src_store using (store) where day > date '{data_date}' and day <= date '{run_date}' group by 1, 2, 3 on conflict (day, store) do update set n = excluded.n, amount = excluded.amount"}}
ai_b:
  create: {features: {day: date, n: bigint, amount: numeric}, primary_key: [day]}
  update: {fill: {statement: "insert into {ai_schema_name}.ai_b select day, sum(n), sum(amount) from {ai_schema_name}.ai_a group by 1 on conflict (day) do update set n = excluded.n, amount = excluded.amount"}}
pipeline:p: {id: p, nodes: [ai_a, ai_b]}
"#;

#[test]
fn setup_lays_tables_out_and_a_plan_finds_nothing_left() {
    let Some(_turn) = turn() else { return };
    let (mut distributed, mut plain) = pair(CATALOG);
    assert_eq!(
        distributed.rows(LAYOUT),
        ["ai.ai_a|store|2", "ai.src_in|store|2", "ai.src_store|reference|1"]
    );
    both(&mut distributed, &mut plain, "select table_name, change from dfa.plan()");
    assert!(distributed.rows("select * from dfa.plan()").is_empty());
    // What is done again, and what is made anew, lies as before.
    distributed.rows("select * from dfa.setup('ai_a', drop_before_create => 'Y')");
    assert_eq!(distributed.rows(LAYOUT).len(), 3);
}

#[test]
fn a_migration_distributes_gathers_and_distributes_otherwise() {
    let Some(_turn) = turn() else { return };
    const PLAIN: &str = "
src_x: {create: {features: {a: int, b: int, day: date}, primary_key: [a, b]}}
src_y: {create: {features: {a: int}, primary_key: [a]}}
";
    let (mut distributed, _) = pair(PLAIN);
    distributed.run("insert into ai.src_x select g, g % 10, '2021-01-01' from generate_series(1, 500) as g");
    distributed.run("insert into ai.src_y select generate_series(1, 20)");
    let sums = "select count(*), sum(a), sum(b) from ai.src_x";
    let before = distributed.rows(sums);
    let steps = [
        ("distribute_by: a", "reference: true", vec!["src_x|a", "src_y|reference"]),
        ("distribute_by: b", "reference: true", vec!["src_x|b", "src_y|reference"]),
        ("reference: true", "distribute_by: a", vec!["src_x|reference", "src_y|a"]),
        ("reference: false", "reference: false", vec![]),
    ];
    for (x, y, layout) in steps {
        distributed.load(&format!(
            "src_x: {{create: {{features: {{a: int, b: int, day: date}}, primary_key: [a, b]}}, {x}}}
src_y: {{create: {{features: {{a: int}}, primary_key: [a]}}, {y}}}
"
        ));
        let planned = distributed.rows("select table_name, change from dfa.plan()");
        assert!(
            !planned.is_empty() && planned.iter().all(|row| row.ends_with("|distribution")),
            "{planned:?}"
        );
        distributed.run("select * from dfa.migrate()");
        assert!(distributed.rows("select * from dfa.plan()").is_empty(), "after {x}");
        let lies = format!(
            "select split_part(logicalrelid::text, '.', 2), kind from ({}) as l (logicalrelid, kind, n)",
            LAYOUT
        );
        assert_eq!(distributed.rows(&lies), layout);
        assert_eq!(distributed.rows(sums), before);
        assert_eq!(distributed.value("select count(*) from ai.src_y"), "20");
    }
}
