#!/usr/bin/env python3
"""statsforecast: one process, one measurement.   statsforecast_run.py SET MODEL[,MODEL…] --jobs N --out F.parquet [--proto]
--proto: the inherited protocol: forecasts from the end and from 6 earlier cut-offs (1…6 periods before it), mean absolute
error over all (cut-off, month) pairs with an actual, the mean of the best three by it."""
import sys, argparse, time, resource, json, pathlib, warnings
a = argparse.ArgumentParser(); a.add_argument("set"); a.add_argument("models"); a.add_argument("--jobs", type=int, default=1)
a.add_argument("--out", default=""); a.add_argument("--proto", action="store_true"); a.add_argument("--test", type=int, default=6); a.add_argument("--top", type=int, default=3); a.add_argument("--input", default=None); a = a.parse_args()
t0 = time.time()
import polars as pl, numpy as np
from common import *
from statsforecast import StatsForecast
import statsforecast.models as M
warnings.filterwarnings("ignore")
every, freq, m, h = SETS[a.set]
class CES_(M.AutoCES): pass
def make(n):
    return {"Naive": lambda: M.Naive(alias="Naive"), "SeasonalNaive": lambda: M.SeasonalNaive(m, alias="SeasonalNaive"),
     "SES": lambda: M.SimpleExponentialSmoothingOptimized(alias="SES"), "Holt": lambda: M.Holt(alias="Holt"),
     "HoltWinters": lambda: M.HoltWinters(m, error_type="A", alias="HoltWinters"), "AutoETS": lambda: M.AutoETS(m, alias="AutoETS"), "AutoETSdamped": lambda: M.AutoETS(m, model="ZZZ", damped=None, alias="AutoETSdamped"),
     "Theta": lambda: M.Theta(m, alias="Theta"), "DOT": lambda: M.DynamicOptimizedTheta(m, alias="DOT"), "AutoTheta": lambda: M.AutoTheta(m, alias="AutoTheta"),
     "Croston": lambda: M.CrostonClassic(alias="Croston"), "CrostonSBA": lambda: M.CrostonSBA(alias="CrostonSBA"), "CES": lambda: M.AutoCES(m, alias="CES"),
     "AutoARIMA": lambda: M.AutoARIMA(season_length=m, alias="AutoARIMA"), "ARIMA414": lambda: M.ARIMA(order=(4, 1, 4), alias="ARIMA414"),
     "SMA3": lambda: M.WindowAverage(3, alias="SMA3"), "ADIDA": lambda: M.ADIDA(alias="ADIDA"), "IMAPA": lambda: M.IMAPA(alias="IMAPA"), "TSB": lambda: M.TSB(0.2, 0.2, alias="TSB")}[n]()
names = a.models.split(",")
t1 = time.time()
raw = load(a.set, a.input)
df = regular(raw, every).rename({"id": "unique_id"})
t2 = time.time()
def fc(d, hh):
    # statsforecast refuses or breaks on very short ids for some models: fallback Naive, as its users do
    sf = StatsForecast(models=[make(n) for n in names], freq=every, n_jobs=a.jobs, fallback_model=M.Naive())
    return sf.forecast(df=d, h=hh)
# What is made once (code by numba, tables) counts for nobody.
fc(df.filter(pl.col("unique_id") == df["unique_id"][0]), h)
t2, c2 = time.time(), time.process_time()
if not a.proto:
    f = fc(df, h)
else:
    periods = df["ds"].unique().sort()
    outs = []
    for k in range(a.test + 1):
        cut = periods[-1 - k]
        x = fc(df.filter(pl.col("ds") <= cut), h).unpivot(index=["unique_id", "ds"], variable_name="model", value_name="forecast").with_columns(pl.lit(k).alias("k"))
        outs.append(x)
    allf = pl.concat(outs)
    v = allf.filter(pl.col("k") > 0).join(df, on=["unique_id", "ds"]).group_by("unique_id", "model").agg((pl.col("forecast") - pl.col("y")).abs().mean().alias("mae"))
    order = pl.DataFrame({"model": names, "o": list(range(len(names)))})
    top = v.join(order, on="model").sort("unique_id", "mae", "o").group_by("unique_id", maintain_order=True).head(a.top)
    f0 = allf.filter(pl.col("k") == 0)
    f = f0.join(top.select("unique_id", "model"), on=["unique_id", "model"]).group_by("unique_id", "ds").agg(pl.col("forecast").mean().alias("PROTO"))
t3 = time.time()
if a.out: f.rename({"unique_id": "id"}).write_parquet(a.out)
s, c = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps(dict(lib="statsforecast", set=a.set, models=a.models, proto=a.proto, jobs=a.jobs, ids=df["unique_id"].n_unique(), rows=raw.height, import_s=round(t1 - t0, 2), load_s=round(t2 - t1, 2), fit_s=round(t3 - t2, 2), fit_cpu=time.process_time() - c2,
    cpu_s=round(s.ru_utime + s.ru_stime + c.ru_utime + c.ru_stime, 2), self_rss_mb=s.ru_maxrss // 1024, child_rss_mb=c.ru_maxrss // 1024)))
