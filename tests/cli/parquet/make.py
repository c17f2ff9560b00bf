"""Makes the Parquet files of these tests, as tools in the field write them: `pip install pyarrow`, then run it here."""
import datetime as d
import decimal as n

import pyarrow as pa
import pyarrow.parquet as pq

UTC = d.timezone.utc
hour = d.timedelta(hours=1)

pq.write_table(
    pa.table({
        "id": pa.array([1, 2], pa.int64()),
        "nothing": pa.nulls(2),
        "big": pa.array([2**64 - 1, None], pa.uint64()),
        "half": pa.array([0.5, None], pa.float16()),
        "long": pa.array([n.Decimal("12345678901234567890123456789012345678901.5"), None], pa.decimal256(50, 1)),
        "price": pa.array([n.Decimal("5.00"), None], pa.decimal128(10, 2)),
        "kind": pa.array(["a", None]).dictionary_encode(),
        "large": pa.array(["b", None], pa.large_string()),
        "clock": pa.array([3_600_000_000_001, None], pa.time64("ns")),
        "nanos": pa.array([1_704_067_200_000_001_999, None], pa.timestamp("ns")),
        "millis": pa.array([d.datetime(2024, 1, 1), None], pa.timestamp("ms")),
        "dur_ns": pa.array([hour, None], pa.duration("ns")),
        "dur_us": pa.array([-hour, None], pa.duration("us")),
        "dur_ms": pa.array([hour, None], pa.duration("ms")),
        "moment": pa.array(["2013-01-01T20:00:00Z", None]),
        "numbers": pa.array([[1, None, 3], None], pa.list_(pa.int32())),
        "words": pa.array([["a,b", "c\"d", None], []], pa.list_(pa.string())),
        "whole": pa.array([{"a": 1, "b": ["x"], "at": d.datetime(2024, 1, 1, tzinfo=UTC)}, None],
                          pa.struct([("a", pa.int32()), ("b", pa.list_(pa.string())), ("at", pa.timestamp("us", "UTC"))])),
        "pairs": pa.array([[("k", 1.5)], None], pa.map_(pa.string(), pa.float64())),
        "document": pa.array(['{"a": 1.10}', None]),
    }),
    "types.parquet",
)
pq.write_table(
    pa.table({
        "id": pa.array([1], pa.int64()),
        "tz": pa.array([d.datetime(2024, 3, 1, 0, 30, tzinfo=UTC)], pa.timestamp("us", "UTC")),
        "naive": pa.array([d.datetime(2024, 3, 1, 7, 30)], pa.timestamp("us")),
        "day": pa.array([d.date(2024, 3, 1)], pa.date32()),
    }),
    "zone.parquet",
)
moments = [d.datetime(1, 1, 1), d.datetime(1600, 2, 29), d.datetime(2024, 1, 1, 12), d.datetime(2262, 4, 12),
           d.datetime(9999, 12, 31)]
pq.write_table(
    pa.table({"id": pa.array(range(1, 6), pa.int64()), "ts": pa.array(moments, pa.timestamp("us"))}),
    "int96.parquet",
    use_deprecated_int96_timestamps=True,
)
