//! For tests of what reads bytes of others: texts that are nearly right.

use proptest::prelude::*;
use proptest::sample::{select, Index};

/// A seed with some bytes taken out, put in or put over others, not always at the border of a character.
pub fn nearly(
    seeds: &'static [&'static str],
    pieces: &'static [&'static [u8]],
) -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<Index>(), 0..12usize, prop_oneof![Just(&b""[..]), select(pieces)]);
    (select(seeds), proptest::collection::vec(change, 0..8)).prop_map(|(seed, changes)| {
        let mut bytes = seed.as_bytes().to_vec();
        for (place, length, piece) in changes {
            let from = place.index(bytes.len() + 1);
            let to = (from + length).min(bytes.len());
            bytes.splice(from..to, piece.iter().copied());
        }
        bytes
    })
}

/// How many cases a test tries: enough for a run of all tests; `PROPTEST_CASES` says otherwise, as `make fuzz` does.
pub fn cases() -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 512;
    }
    config
}
