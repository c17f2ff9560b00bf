//! Rows of one payload that have the same key: what is left of them is what one call for each would leave.

use super::group::Group;
use super::order::{Key, Order, Value};
use super::target::Target;
use pgrx::pg_sys;
use pgrx::PgMemoryContexts;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Where the row with a key is that holds so far, and its update_date.
struct Holder {
    group: usize,
    number: i64,
    dated: Value,
}

/// What a row is beside those before it.
pub enum Told {
    Single,
    /// That earlier one gives way.
    Replaces {
        group: usize,
        number: i64,
    },
    /// It gives way to an earlier one, which is newer.
    Outdated,
}

pub struct Doubles {
    order: Option<Rc<Order>>,
    /// The column that says how old a row is, how it compares, and what it is of a row that does not say.
    dated: Option<(usize, Rc<Order>, Value)>,
    keys: BTreeMap<Key, Holder>,
    memory: PgMemoryContexts,
}

impl Doubles {
    /// `now`: the update_date of a row that gives none. Not `in_play`: each row is one by itself.
    pub fn new(target: &Target, in_play: bool, now: Value) -> Doubles {
        let dated = target
            .update_date
            .and_then(|index| Some((index, Order::of(std::iter::once(&target.columns[index]))?, now)));
        Doubles {
            order: target.key_order.clone().filter(|_| in_play),
            dated,
            keys: BTreeMap::new(),
            memory: PgMemoryContexts::new("dfa ingest keys"),
        }
    }

    /// A row of this group: its values and nulls begin with its number.
    pub fn note(
        &mut self,
        group: &Group,
        group_number: usize,
        number: i64,
        values: &[pg_sys::Datum],
        nulls: &[bool],
    ) -> Told {
        // A key with a default that is left out is a new one.
        let Some(order) = self.order.clone().filter(|_| !group.key.is_empty()) else { return Told::Single };
        let given = self.dated.as_ref().map(|(index, order, now)| {
            let place = group.columns.iter().position(|column| column == index);
            (order, place.map_or(*now, |place| (!nulls[place + 1]).then(|| values[place + 1])))
        });
        let wanted = Key { values: group.key_of(values, nulls).into(), order: Rc::clone(&order) };
        if let Some(known) = self.keys.get_mut(&wanted) {
            if let Some((dates, dated)) = given {
                // A row without an update_date is as new as any.
                if known.dated.is_some() && dated.is_some() && dates.compare(&[known.dated], &[dated]).is_gt()
                {
                    return Told::Outdated;
                }
                known.dated = copied(&self.memory, dates, &[dated])[0];
            }
            let told = Told::Replaces { group: known.group, number: known.number };
            (known.group, known.number) = (group_number, number);
            return told;
        }
        let values = copied(&self.memory, &order, &wanted.values);
        let dated = given.and_then(|(dates, dated)| copied(&self.memory, dates, &[dated])[0]);
        self.keys.insert(Key { values, order }, Holder { group: group_number, number, dated });
        Told::Single
    }
}

/// The values in memory that lasts as long as the keys.
fn copied(memory: &PgMemoryContexts, order: &Order, values: &[Value]) -> Box<[Value]> {
    // SAFETY: the context lives as long as what is copied into it; the one before is set back.
    unsafe {
        let before = pg_sys::MemoryContextSwitchTo(memory.value());
        let copies = order.copy(values);
        pg_sys::MemoryContextSwitchTo(before);
        copies
    }
}
