#!/usr/bin/env bash
# The demo: a private cluster, the retail catalogs and their data, two run dates and a rerun, and what came of it.
set -euo pipefail
cd "$(dirname "$0")"
source environment.sh

RUN_DATES=(2017-06-30 2017-12-31)
RERUN_DATE=2017-11-15
SETUP_DATE=2017-01-01

sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"; }

# The demo is there when its last step is, made by this extension from the data that are asked for.
wanted() { printf 'DFA demo: extension %s, data %s' "$(cat "$CARGO_TARGET_DIR/dfa-extension.installed")" "$1"; }
found() { sql -c "select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()"; }

remake_database() {
    sql -d postgres -c 'drop database if exists dfa with (force)' -c 'create database dfa'
}

load_data() {
    local folder=$1 file table note
    while IFS=$'\t' read -r file table note; do
        if [[ $note == optional* && -z ${PROMOTIONS:-} ]]; then continue; fi
        "$DFA_BIN" load -f "$folder/$file" -t "$table"
    done <"$REPO/catalog/retail/data/load.tsv"
}

# Pipelines by priority.
pipelines() { sql -f pipelines.sql; }

run_pipelines() {
    local command=$1 date=$2 pipeline
    say "dfa pipeline $command, for $date"
    for pipeline in $(pipelines); do
        "$DFA_BIN" --json pipeline "$command" "$pipeline" --run-date "$date" >"$DEMO/last-run.json" ||
            { cat "$DEMO/last-run.json" >&2; fail "$pipeline failed" "dfa pipeline status $pipeline"; }
    done
}

make_demo() {
    local data=$1 date
    remake_database
    say "dfa init: the extension and the catalogs of catalog/retail, set up at $SETUP_DATE"
    "$DFA_BIN" init --catalog "$REPO/catalog/retail" --run-date $SETUP_DATE
    say "dfa load: $data"
    load_data "$data"
    sql -c 'analyze'
    # DataFrame nodes are run by it.
    ./service.sh start
    for date in "${RUN_DATES[@]}"; do run_pipelines run "$date"; done
    run_pipelines rerun $RERUN_DATE
    sql -c "comment on database dfa is '$(wanted "$data")'"
}

show() {
    eval "$(./cluster.sh env)"
    psql -X -q -P pager=off -P footer=off -f summary.sql
    cat <<'TEXT'

The demo is up, its service at the address of DFA_URL. Go on:
  eval "$(make -s env)"          sets PGHOST PGPORT PGUSER PGDATABASE DFA_URL APIKEY of this shell
  psql                           then, for instance:
    \df+ dfa.*                   every function, with what it does
    select * from ai.vw_department_trend where month_start = '2017-12-01' order by growth_rank limit 5;
    select * from dfa.run_pipeline('pipeline_retail_sales', '2017-12-31');
    select statement from dfa.render('ai_monthly_sales', run_date => '2017-11-15');
    select * from dfa.lineage('ai_report_department_month');
    select * from ai.ai_report_forecast_accuracy order by weighted_error;
    select id, model, reason from dfa.dataframe_note where reason is not null limit 5;
  curl $DFA_URL/api              the service is there; $DFA_URL/docs shows all requests in a browser
  curl -H "APIKEY: $APIKEY" $DFA_URL/api/ai/pipelines
  curl -H "APIKEY: $APIKEY" -d pipeline_name=pipeline_retail_sales -d run_date=2017-12-31 $DFA_URL/api/ai/run/data
  make check-totals              compares every report with totals straight from the Parquet files
  make fresh-db NAME=mine        a database of your own: the extension, nothing loaded
  make stop, make clean          stop it; remove it
TEXT
}

./prerequisites.sh
./install.sh
./cluster.sh start
variables=$(./cluster.sh env)
eval "$variables"
data=$(./demo-data.sh)
started=$SECONDS
if [ "$(found)" = "$(wanted "$data")" ]; then
    say "The demo's data are there and up to date"
else
    make_demo "$data"
    say "Loaded and run in $((SECONDS - started)) s"
fi
./service.sh start
show
