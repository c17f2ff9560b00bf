"""Reading, filling gaps (the rule of DFA: every period from an id's first row to the greatest ds of the
whole input, absent = 0), scores. polars + numpy only."""
import datetime as dt, pathlib, numpy as np, polars as pl
HERE = pathlib.Path(__import__("os").environ.get("FORECAST_PEERS", pathlib.Path(__file__).parent))
SETS = {  # name: (freq of polars, freq of pandas, season length, horizon)
    "synth_1000x36": ("1mo", "MS", 12, 12),
    "usemp_36": ("1mo", "MS", 12, 12),
    "synth_10000x36": ("1mo", "MS", 12, 12), "cj_month_all": ("1mo", "MS", 12, 3), "cj_month_dense": ("1mo", "MS", 12, 3), "cj_month_dept": ("1mo", "MS", 12, 3),
    "cj_week_all": ("1w", "W-MON", 4, 8), "cj_week_dense": ("1w", "W-MON", 4, 8), "cj_week_dept": ("1w", "W-MON", 4, 8)}

def load(name, path=None):
    return pl.read_parquet(path or HERE / "data" / f"{name}.parquet")

def regular(df, every):
    """id, ds, y -> the same with every period, sorted."""
    df = df.group_by("id", pl.col("ds").dt.truncate(every)).agg(pl.col("y").sum())
    last = df["ds"].max()
    span = df.group_by("id").agg(pl.col("ds").min().alias("a"))
    grid = span.select("id", pl.date_ranges("a", pl.lit(last), every).alias("ds")).explode("ds")
    return grid.join(df, on=["id", "ds"], how="left").with_columns(pl.col("y").fill_null(0.0)).sort("id", "ds")

def scores(train, fc, truth, m, per=()):
    """train: regular; fc: id, ds, forecast; truth: id, ds, y, cls. Per series, then the mean over series.
    sMAPE as M4 (200|y-f|/(|y|+|f|), 0 where both are 0); MASE scaled by the in-sample MAE of the naive of lag m (of lag 1
    where the series is not longer than m; series with scale 0 left out); WAPE pooled = sum|e| / sum y."""
    j = truth.join(fc.select("id", "ds", "forecast"), on=["id", "ds"], how="left")
    missing = j["forecast"].null_count() + j["forecast"].is_nan().sum()
    j = j.with_columns(pl.col("forecast").fill_nan(0.0).fill_null(0.0)).with_columns(pl.max_horizontal("forecast", 0.0))
    t = train.sort("id", "ds").with_columns(
        (pl.col("y") - pl.col("y").shift(m)).abs().over("id").alias("dm"), (pl.col("y") - pl.col("y").shift(1)).abs().over("id").alias("d1"))
    sc = t.group_by("id").agg(pl.col("dm").mean(), pl.col("d1").mean(), pl.len()).select("id", pl.when(pl.col("len") > m).then("dm").otherwise("d1").alias("scale"))
    e = (pl.col("y") - pl.col("forecast")).abs()
    s = j.with_columns(e.alias("e"), pl.when(pl.col("y").abs() + pl.col("forecast").abs() == 0).then(0.0).otherwise(200 * e / (pl.col("y").abs() + pl.col("forecast").abs())).alias("sm"))
    g = s.group_by("id").agg(pl.col("sm").mean(), pl.col("e").mean().alias("mae"), pl.col("e").sum().alias("ae"), pl.col("y").sum().alias("ysum"), pl.col("cls").first()).join(sc, on="id", how="left")
    g = g.with_columns(pl.when(pl.col("scale") > 0).then(pl.col("mae") / pl.col("scale")).alias("mase"))
    def one(x): return dict(n=x.height, smape=round(x["sm"].mean(), 3), mase=round(x["mase"].mean(), 4), wape=round(100 * x["ae"].sum() / x["ysum"].sum(), 2))
    r = one(g); r["missing"] = int(missing)
    if per: r["by_class"] = {k[0]: one(v) for k, v in sorted(g.partition_by("cls", as_dict=True).items())}
    return r
