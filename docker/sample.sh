#!/bin/sh
# Loads the retail catalogs and the sample of their data, and runs every pipeline once. Run again, it does nothing.
set -eu
catalog=/app/catalog/retail
tries=0
until curl --fail --silent http://front:5000/ready >/dev/null; do
    tries=$((tries + 1))
    [ $tries -lt 120 ] || { echo 'the service does not become ready: its log says why' >&2; exit 1; }
    sleep 1
done
if dfa show ai_daily_sales >/dev/null 2>&1; then
    echo 'The sample is there already.'
    exit
fi
dfa init --catalog $catalog --run-date 2017-01-01
while IFS="$(printf '\t')" read -r file table _; do
    [ ! -e "$catalog/data/sample/$file" ] || dfa load -f "$catalog/data/sample/$file" -t "$table"
done <$catalog/data/load.tsv
dfa export -o /tmp/pipelines.csv \
    -q "select name from dfa.catalog where current and kind = 'pipeline' order by (document ->> 'priority')::numeric, name"
for pipeline in $(tail -n +2 /tmp/pipelines.csv); do
    dfa pipeline run "$pipeline" --run-date 2017-12-31
done
echo 'The sample is loaded and its pipelines have run.'
