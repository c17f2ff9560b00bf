"""The pipelines that all sides run: five nodes over receipts, as in ../pipeline.yaml, and a graph of fifty small ones.

A statement has {schema} for the tables of a side, {source} for the receipts, {after} and {until} for the days: those after the
first one, to the other one.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Node:
    """A table: its columns, its key, the nodes that it reads, and the query that gives its rows."""

    name: str
    columns: str
    key: tuple[str, ...]
    reads: tuple[str, ...]
    query: str
    # The day that a row belongs to; rows of a day that come again replace those that are there.
    day: str


def _of_receipts(name, key, column):
    return Node(
        name,
        f"{column}, day date, lines bigint, sales numeric",
        ("day", key),
        (),
        f"""select {key}, transaction_timestamp::date as day, count(*) as lines, sum(sales_value) as sales
from {{source}}
where transaction_timestamp >= date '{{after}}' + 1 and transaction_timestamp < date '{{until}}' + 1
group by 1, 2""",
        "day",
    )


def _of_days(name, key, column, unit, of):
    return Node(
        name,
        f"{column}, {unit} date, sales numeric",
        (unit, key),
        (of,),
        f"""select {key}, date_trunc('{unit}', day)::date as {unit}, sum(sales) as sales
from {{schema}}.{of}
where day >= date_trunc('{unit}', date '{{after}}' + 1) and day <= date '{{until}}'
group by 1, 2""",
        unit,
    )


FIVE = [
    _of_receipts("store_day", "store_id", "store_id integer"),
    _of_receipts("basket_day", "basket_id", "basket_id bigint"),
    _of_receipts("household_day", "household_id", "household_id integer"),
    _of_days("household_week", "household_id", "household_id integer", "week", "household_day"),
    _of_days("store_month", "store_id", "store_id integer", "month", "store_day"),
]


def _small(number):
    # Ten rows of five: each node reads two of the row before it.
    row, place = divmod(number, 5)
    reads = () if row == 0 else tuple(f"n{(row - 1) * 5 + (place + step) % 5:02}" for step in (0, 1))
    source = " union all ".join(
        f"select day, amount from {{schema}}.{name}" for name in reads
    ) or "select generate_series(date '{after}' + 1, date '{until}', interval '1 day')::date as day, 1 as amount"
    return Node(
        f"n{number:02}",
        "day date, amount bigint",
        ("day",),
        reads,
        f"select day, sum(amount) as amount from ({source}) as source\n"
        "where day > date '{after}' and day <= date '{until}' group by 1",
        "day",
    )


FIFTY = [_small(number) for number in range(50)]


def insert(node):
    """The statement that plain SQL and DFA send."""
    names = [column.split()[0] for column in node.columns.split(", ")]
    update = ", ".join(f"{name} = excluded.{name}" for name in names if name not in node.key)
    return (
        f"insert into {{schema}}.{node.name} ({', '.join(names)})\n{node.query}\n"
        f"on conflict ({', '.join(node.key)}) do update set {update}"
    )
