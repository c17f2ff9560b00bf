#!/usr/bin/env python3
"""The goals of the forecasts, each beside its peer in this run: goals.py SERIES [IDS]

SERIES is the example `series` of dfa_forecast; IDS how many synthetic ids the slow peers and we take (1000). CPU seconds of the fits
alone, each side in a process of its own. No default was fitted to one set: the pool is scored on three more seeds of the synthetic
series, and on windows of employment that begin two years later, too."""
import json, os, resource, subprocess, sys, warnings; warnings.filterwarnings("ignore")
import numpy as np, polars as pl
from common import *
SERIES, IDS = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1000
HERE_CODE = pathlib.Path(__file__).parent
SYNTH = f"synth_{IDS}x36"
HELD_OUT = [f"synth{seed}_{IDS}x36" for seed in (1, 2, 3)] + ["usemp_later_36"]
for s in [SYNTH, *HELD_OUT]: SETS.setdefault(s, SETS["synth_1000x36"])
EIGHT = "expo01,expo02,expo03,sma01,wma01,wma02,ema01,ema02"
ELEVEN = "expo01,expo02,expo03,sma01,wma01,wma02,ema01,ema02,arima01,randomforest01,prophet01"
POOL = "expo01,expo04,expo05,expo06,expo07,theta,croston,ema02"
OUT = HERE / "out"; OUT.mkdir(exist_ok=True)

def cpu(command):
    """Seconds of a command and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, cwd=HERE_CODE)
    if done.returncode: sys.exit(f"{command}: {done.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout

def data(s, ids=None):
    """The CSV of a set, of its first ids."""
    if ids is None: return HERE / "data" / f"{s}.csv"
    path = OUT / f"{s}_{ids}.csv"
    d = load(s); keep = d["id"].unique().sort().head(ids)
    d.filter(pl.col("id").is_in(keep.implode())).write_csv(path)
    d.filter(pl.col("id").is_in(keep.implode())).write_parquet(path.with_suffix(".parquet"))
    return path

def ours(s, models, best, tests, name, ids=None):
    every, _, m, h = SETS[s]; out = OUT / f"dfa_{s}_{name}.csv"
    _, said = cpu([SERIES, data(s, ids), "week" if every == "1w" else "month", models, str(best), str(tests), str(h), out])
    return json.loads(said)["fit_cpu"], pl.read_csv(out, schema_overrides={"id": pl.String, "forecast": pl.Float64, "squares": pl.Float64})

def theirs(program, s, models, *more, ids=IDS):
    path = data(s, ids).with_suffix(".parquet")
    seconds, said = cpu([sys.executable, HERE_CODE / f"{program}_run.py", s, models, "--input", path, *more])
    return json.loads(said.splitlines()[-1]).get("fit_cpu", seconds)

def score(s, f, ids=None):
    every, _, m, _ = SETS[s]; train = regular(load(s), every); truth = pl.read_parquet(HERE / "data" / f"{s}_truth.parquet")
    periods = truth["ds"].unique().sort()
    f = f.with_columns(periods.gather(f["step"] - 1).alias("ds"))
    if ids: truth = truth.filter(pl.col("id").is_in(f["id"].unique().implode()))
    return scores(train, f, truth, m)

rows = []
def goal(what, aim, found, met): rows.append((what, aim, found, "" if met else "MISSED")); print(f"{what:52} {aim:>16} {found:>16} {'' if met else 'MISSED'}", flush=True)

print(f"{'goal':52} {'aim':>16} {'found':>16}")
start_sm = theirs("statsmodels", SYNTH, "sma01", ids=1)
per = lambda seconds: 1000 * seconds / IDS
eight, _ = ours(SYNTH, EIGHT, 3, 6, "eight"); hundred = min(IDS, 100)
sm = (theirs("statsmodels", SYNTH, EIGHT, "--proto", ids=hundred) - start_sm) * 1000 / hundred
goal("8 models, 6 cut-offs, ms an id", "<= 15.5", f"{per(eight):.2f}", per(eight) <= 15.5)
goal("  of statsmodels' time", "<= 0.05 x", f"{per(eight) / sm:.4f} ({sm:.0f} ms)", per(eight) <= sm / 20)
for model, peer, aim in [("theta", "Theta", 0.1), ("expo01", "SES", 0.5), ("expo02", "Holt", 0.5), ("expo03", "HoltWinters", 0.8)]:
    us = min(ours(SYNTH, model, 1, "0", model)[0] for _ in range(3)); them = theirs("statsforecast", SYNTH, peer)
    goal(f"one fit of {model}, of statsforecast's time", f"<= {aim} x", f"{us / them:.3f} ({per(us):.3f} ms)", us <= aim * them)
pool, f = ours(SYNTH, POOL, 3, 6, "pool")
goal("default pool, ms an id", "<= 30", f"{per(pool):.2f}", per(pool) <= 30)
for s, aim in [(SYNTH, 0.92), ("usemp_36", 0.80), ("cj_month_dense", 1.06), ("cj_month_all", 1.03), ("cj_week_dense", 0.85), ("cj_week_all", 0.94)]:
    if not data(s).exists(): print(f"{s}: no data"); continue
    r = score(s, f if s == SYNTH else ours(s, POOL, 3, 6, "pool")[1])
    goal(f"default pool, MASE of {s}", f"<= {aim}", f"{r['mase']:.4f}", r["mase"] <= aim)
for s in HELD_OUT:
    if data(s).exists(): goal(f"default pool, MASE of {s}", "(held out)", f"{score(s, ours(s, POOL, 3, 6, 'pool')[1])['mase']:.4f}", True)
seconds, f = ours(SYNTH, ELEVEN, 3, 6, "eleven", ids=hundred); r = score(SYNTH, f, hundred)
goal(f"11 models, MASE of {hundred} ids", "<= 0.97", f"{r['mase']:.4f}", r["mase"] <= 0.97)
goal(f"11 models, WAPE of {hundred} ids", "<= 10.7", f"{r['wape']:.2f}", r["wape"] <= 10.7)
goal(f"11 models, ms an id", "(original 2754)", f"{1000 * seconds / hundred:.1f}", True)

from statsmodels.tsa.holtwinters import SimpleExpSmoothing, ExponentialSmoothing
_, f = ours(SYNTH, "expo01,expo02,expo03", 1, "each", "each", ids=min(IDS, 200)); known = {(r[0], r[1]): r[2] for r in f.group_by("id", "model").agg(pl.col("squares").first()).iter_rows()}
fits = {"expo01": lambda y: SimpleExpSmoothing(y, initialization_method="estimated"), "expo02": lambda y: ExponentialSmoothing(y, trend="add"), "expo03": lambda y: ExponentialSmoothing(y, trend="add", seasonal="add", seasonal_periods=12)}
series = {k[0]: v["y"].to_numpy() for k, v in regular(load(SYNTH), "1mo").partition_by("id", as_dict=True).items()}
for model, make in fits.items():
    ratios = []
    for (i, name), squares in known.items():
        if name != model: continue
        try: ratios.append((squares + 1e-9) / (float(make(series[i]).fit().sse) + 1e-9))
        except Exception: pass
    share = float(np.mean(np.array(ratios) <= 1.01))
    goal(f"{model}: squares <= 1.01 x statsmodels', share of ids", ">= 0.95", f"{share:.3f} of {len(ratios)}", share >= 0.95)
sys.exit(0)
