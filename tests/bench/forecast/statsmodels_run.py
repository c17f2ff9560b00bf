#!/usr/bin/env python3
"""statsmodels (and scikit-learn's forest, if installed), the inherited models on their own or by its protocol.
statsmodels_run.py SET MODEL[,…] --ids N (the first N ids) --jobs J [--proto] --out F"""
import argparse, time, resource, json, warnings, os
a = argparse.ArgumentParser(); a.add_argument("set"); a.add_argument("models"); a.add_argument("--ids", type=int, default=0); a.add_argument("--jobs", type=int, default=1)
a.add_argument("--proto", action="store_true"); a.add_argument("--out", default=""); a.add_argument("--test", type=int, default=6); a.add_argument("--top", type=int, default=3); a.add_argument("--input", default=None); a = a.parse_args()
for v in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"): os.environ[v] = "1"
t0 = time.time()
import numpy as np, polars as pl, multiprocessing as mp
from common import *
from statsmodels.tsa.holtwinters import SimpleExpSmoothing, ExponentialSmoothing
from statsmodels.tsa.statespace.sarimax import SARIMAX
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
warnings.filterwarnings("ignore")
every, freq, m, h = SETS[a.set]
def ma(w): return np.dot
def flat(v, h): return np.full(h, v)
def sma(y, h, w): return flat(y[-w:].mean(), h)
def wma(y, h, w):
    x = y[-w:]; k = np.arange(1, w + 1)[-len(x):]; return flat((x * k).sum() / k.sum(), h)
def ema(y, h, s):
    al = 2 / (s + 1); k = (1 - al) ** np.arange(len(y))[::-1]; return flat((y * k).sum() / k.sum(), h)
def expo01(y, h): return SimpleExpSmoothing(y, initialization_method="estimated").fit().forecast(h) if len(y) > 1 else None
def expo02(y, h): return ExponentialSmoothing(y, trend="add").fit().forecast(h) if len(y) > 1 else None
def expo03(y, h): return ExponentialSmoothing(y, trend="add", seasonal="add", seasonal_periods=m).fit().forecast(h) if len(y) >= 2 * m else None
def arima01(y, h): return SARIMAX(y, order=(4, 1, 4), initialization="approximate_diffuse").fit(disp=False).forecast(h) if len(y) >= 3 else None
def theta(y, h):
    if len(y) < 4: return None
    per = m if len(y) >= 2 * m else 1
    return ThetaModel(np.asarray(y), period=per, deseasonalize=per > 1).fit().forecast(h).to_numpy()
def ets_aaa(y, h):
    if len(y) < 2 * m + 1: return ETSModel(y, trend="add").fit(disp=False).forecast(h) if len(y) > 5 else None
    return ETSModel(y, trend="add", seasonal="add", seasonal_periods=m).fit(disp=False).forecast(h)
MODELS = dict(expo01=expo01, expo02=expo02, expo03=expo03, arima01=arima01, theta=theta, ets_aaa=ets_aaa, sma01=lambda y, h: sma(y, h, 3), sma02=lambda y, h: sma(y, h, 6), sma03=lambda y, h: sma(y, h, 12),
    wma01=lambda y, h: wma(y, h, 3), wma02=lambda y, h: wma(y, h, 6), wma03=lambda y, h: wma(y, h, 12), ema01=lambda y, h: ema(y, h, 3), ema02=lambda y, h: ema(y, h, 6), ema03=lambda y, h: ema(y, h, 12))
names = a.models.split(",")
def call(n, y, h):
    try:
        r = MODELS[n](y, h); return None if r is None else np.asarray(r, float)
    except Exception: return None
def proto(y):
    res = []
    for o, n in enumerate(names):
        es, f0 = [], None
        for k in range(a.test + 1):
            if k >= len(y): break
            yy = y[: len(y) - k]
            f = call(n, yy, h) if len(yy) else None
            if k == 0: f0 = f
            elif f is not None: es.append(np.abs(f[:k][:h] - y[len(y) - k:][:h]))
        e = np.concatenate(es) if es else np.array([])
        res.append((e.mean() if len(e) else np.inf, o, f0))
    top = sorted(res, key=lambda r: (r[0], r[1]))[: a.top]
    fs = [f for _, _, f in top if f is not None]
    return np.mean(fs, axis=0) if fs else None
def work(args):
    i, y = args
    if a.proto: return i, {"PROTO": proto(y)}
    return i, {n: call(n, y, h) for n in names}
t1 = time.time()
df = regular(load(a.set, a.input), every)
last = df["ds"].max()
groups = [(k[0], v["y"].to_numpy()) for k, v in sorted(df.partition_by("id", as_dict=True).items())]
total = len(groups)
if a.ids and a.ids < total:
    groups = groups[: a.ids]  # a prefix has the same mixture of classes
t2 = time.time()
if a.jobs == 1: out = [work(g) for g in groups]
else:
    with mp.get_context("fork").Pool(a.jobs) as p: out = p.map(work, groups, chunksize=25); p.close(); p.join()
t3 = time.time()
if a.out:
    fut = pl.date_range(last, pl.Series([last]).dt.offset_by(f"{h}{every[1:]}")[0], every, eager=True)[1:].to_list()
    rows = [dict(id=i, ds=d, **{n: (None if f is None else float(f[j])) for n, f in r.items()}) for i, r in out for j, d in enumerate(fut)]
    pl.DataFrame(rows, infer_schema_length=None).write_parquet(a.out)
s, c = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
cpu = s.ru_utime + s.ru_stime + c.ru_utime + c.ru_stime
print(json.dumps(dict(lib="statsmodels", set=a.set, models=a.models, proto=a.proto, jobs=a.jobs, ids=len(groups), of=total, import_s=round(t1 - t0, 2), load_s=round(t2 - t1, 2), fit_s=round(t3 - t2, 2), cpu_s=round(cpu, 2), ms_per_id=round(1000 * (t3 - t2) * a.jobs / len(groups), 2), self_rss_mb=s.ru_maxrss // 1024, child_rss_mb=c.ru_maxrss // 1024)))
