//! Killed at any moment, an ingest has either happened or not, with all that belongs to it; sent again, it happens once.

use crate::killed::Victim;
use crate::session::Session;

const KILLS: u32 = 50;
const ROWS: i64 = 10_000;
const CATALOG: &str = "
imp_sale:
  retention: {column: day, months: 120}
  create:
    features: {store: int, day: 'date not null', amount: 'numeric(14,2)', update_date: timestamp}
    primary_key: [store, day]
    partition_by_range: [day]
";

/// Rows of ten months, most of which have no partition, with a key.
fn ingest(key: u32) -> String {
    format!(
        "select success_rows, message from dfa.ingest('imp_sale', (
             select json_agg(json_build_object('store', n, 'day', date '2022-09-05' + n % 300, 'amount', n))
             from generate_series(1, {ROWS}) as n), idempotency_key => 'k{key}')"
    )
}

/// All that an ingest leaves: rows, sum, log, tasks, receipts, data_date.
fn traces(session: &mut Session) -> String {
    session.value(
        "select (select count(*) from ai.imp_sale), (select sum(amount) from ai.imp_sale),
                (select coalesce(sum(row_record), 0) from dfa.data_logging where action_type = 'ingestion'),
                (select count(*) from dfa.task_process where process_module = 'data|ingestion' and status = 0),
                (select count(*) from dfa.ingest_receipt where answer is not null),
                (select data_date from dfa.data_pipeline)",
    )
}

fn forget(session: &mut Session) {
    session.run(
        "drop table ai.imp_sale; truncate dfa.data_logging, dfa.ingest_receipt; delete from dfa.task_process;
         delete from dfa.data_pipeline",
    );
    session.set_up();
}

const NOTHING: &str = "0||0|0|0|2021-01-01";

#[test]
fn an_ingest_happens_once_whenever_its_backend_is_killed() {
    let mut victim = Victim::with(CATALOG);
    victim.measure(&ingest(KILLS));
    let all = traces(&mut victim.session);
    assert!(all.starts_with(&format!("{ROWS}|")), "{all}");
    for kill in 0..KILLS {
        forget(&mut victim.session);
        assert_eq!(traces(&mut victim.session), NOTHING);
        let done = victim.kill_during(&ingest(kill), kill, KILLS);
        let found = traces(&mut victim.session);
        assert!(found == all || (!done && found == NOTHING), "after kill {kill}: {found}");
        // No key was taken for nothing, and none is used twice.
        victim.session.run(&ingest(kill));
        assert_eq!(traces(&mut victim.session), all, "sent again after kill {kill}");
        let rest = victim.session.value("select count(*) from only ai.imp_sale_default");
        assert_eq!(rest, "0", "each month has its partition");
    }
    victim.assert_most_died(KILLS);
}

#[test]
fn chunks_are_taken_once_each_whenever_a_backend_is_killed() {
    const CHUNKS: u32 = 20;
    let mut victim = Victim::with(CATALOG);
    let chunk = |id: &str, number: u32| {
        format!(
            "select dfa.ingest_chunk('{id}', {number}, (
                 select json_agg(json_build_object('store', n, 'day', date '2022-09-05' + {number} * 20, 'amount', 1))
                 from generate_series(1, 2000) as n))"
        )
    };
    let begin = "select dfa.ingest_begin('imp_sale', idempotency_key => 'chunks')";
    let id = victim.session.value(begin);
    victim.measure(&chunk(&id, CHUNKS));
    for number in 0..CHUNKS {
        victim.kill_during(&chunk(&id, number), number, CHUNKS);
        assert_eq!(victim.session.value(begin), id, "the key still means this ingest");
        assert_eq!(victim.session.value(&chunk(&id, number)), "2000");
        let taken = victim.session.value("select count(*), sum(amount) from ai.imp_sale");
        let all = (number + 2) * 2000;
        assert_eq!(taken, format!("{all}|{all}.00"), "after chunk {number}");
    }
    assert_eq!(victim.session.value(&format!("select success_rows from dfa.ingest_end('{id}')")), "42000");
    victim.assert_most_died(CHUNKS);
}
