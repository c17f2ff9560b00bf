#!/usr/bin/env python3
"""Synthetic retail-like monthly series: seeded, so that every machine makes the same bytes.

    python synth.py --ids 10000 --months 36 --holdout 12 --seed 20251125 --out data

writes data/synth_{ids}x{months}.{parquet,csv} (id, ds, y: what a forecaster gets; months without a row are gaps)
and    data/synth_{ids}x{months}_truth.parquet (id, ds, y, cls: the held-out months, every month present).
of another seed            synth{seed}_{ids}x{months}…
Classes by id modulo 100, so that any prefix of ids has the same mixture.
"""
import argparse, datetime as dt, pathlib
import numpy as np, polars as pl

SEED = 20251125
CLASSES = [("level", 20), ("trend", 18), ("season_add", 15), ("trend_season_mul", 22),
           ("intermittent", 15), ("shift", 5), ("new_item", 5)]

def series(rng, cls, n):
    """n months of non-negative values of one class."""
    t = np.arange(n)
    base = float(np.exp(rng.normal(6.0, 1.2)))                   # 400 in the middle, long tail
    noise = rng.normal(0, 1, n)
    prof = np.sin(2 * np.pi * (t + rng.integers(0, 12)) / 12) + 0.35 * np.sin(4 * np.pi * (t + rng.integers(0, 12)) / 12)
    dec = 0.25 * ((t + 1) % 12 == 0)                              # a December peak (months start in January)
    if cls == "level":
        ar = np.zeros(n); e = rng.normal(0, 1, n)
        for i in range(n): ar[i] = (0.6 * ar[i - 1] if i else 0) + e[i]
        y = base * (1 + 0.10 * ar)
    elif cls == "trend":
        y = base * (1 + rng.uniform(-0.012, 0.025) * t + 0.08 * noise)
    elif cls == "season_add":
        y = base * (1 + rng.uniform(0.1, 0.4) * prof + dec + 0.07 * noise)
    elif cls == "trend_season_mul":
        y = base * np.exp(rng.uniform(-0.01, 0.02) * t) * (1 + rng.uniform(0.1, 0.4) * prof + dec) * np.exp(0.08 * noise)
    elif cls == "intermittent":
        p = rng.uniform(0.12, 0.55)
        y = np.where(rng.random(n) < p, np.maximum(1, rng.negative_binomial(2, 0.25, n)), 0).astype(float)
    elif cls == "shift":
        at = rng.integers(8, n - 4)
        y = base * (1 + 0.08 * noise) * np.where(t >= at, rng.uniform(0.3, 2.5), 1.0)
    elif cls == "new_item":
        start = rng.integers(n // 2, n - 12)                      # 1 … 12 observed months
        y = base * (1 - np.exp(-(t - start + 1) / 4.0)) * (1 + 0.1 * noise); y[:start] = np.nan
    y = np.round(np.maximum(y, 0), 2)
    return y

def main():
    a = argparse.ArgumentParser()
    a.add_argument("--ids", type=int, default=10000); a.add_argument("--months", type=int, default=36)
    a.add_argument("--holdout", type=int, default=12); a.add_argument("--seed", type=int, default=SEED)
    a.add_argument("--out", default="data"); a = a.parse_args()
    n = a.months + a.holdout
    months = [dt.date(2021 + m // 12, m % 12 + 1, 1) for m in range(n)]
    table = [c for c, k in CLASSES for _ in range(k)]
    ids, ds, ys, cl, mi = [], [], [], [], []
    for i in range(a.ids):
        rng = np.random.Generator(np.random.PCG64([a.seed, i]))
        cls = table[(i * 37) % 100]
        y = series(rng, cls, n)
        drop = cls == "intermittent" and i % 2 == 0               # half of the intermittent ids have gaps instead of zeros
        for m in range(n):
            if np.isnan(y[m]) or (m < a.months and drop and y[m] == 0): continue
            ids.append(f"id{i:06d}"); ds.append(months[m]); ys.append(float(y[m])); cl.append(cls); mi.append(m)
    df = pl.DataFrame({"id": ids, "ds": ds, "y": ys, "cls": cl, "m": mi}, schema_overrides={"ds": pl.Date})
    out = pathlib.Path(a.out); name = f"synth{'' if a.seed == SEED else a.seed}_{a.ids}x{a.months}"
    train = df.filter(pl.col("m") < a.months).select("id", "ds", "y")
    truth = df.filter(pl.col("m") >= a.months).select("id", "ds", "y", "cls")
    train.write_parquet(out / f"{name}.parquet"); train.write_csv(out / f"{name}.csv")
    truth.write_parquet(out / f"{name}_truth.parquet")
    print(name, "train rows", train.height, "ids", train["id"].n_unique(), "truth rows", truth.height, "sum y", round(train["y"].sum(), 2))

main()
