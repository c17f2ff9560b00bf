#!/usr/bin/env bash
# DFA beside psql, dbt, SQLMesh and Dagster: the same SQL in the same database, in turns; the result is in .dfa/bench-peers.md.
# Called by `make bench PART=peers`, on the demo's cluster. Each tool is fetched once from PyPI, into an environment of its own.
set -euo pipefail
cd "$(dirname "$0")"
source environment.sh

tools=$CACHE/bench-peers
tool() { # tool NAME PACKAGE…
    local name=$1
    shift
    [ ! -x "$tools/$name/bin/$name" ] || return 0
    # In its place from the start: the tool's command names it.
    python_of "$@" "$tools/$name" || { rm -rf "${tools:?}/$name"; say "$name cannot be had: it is left out"; }
}
mkdir -p "$tools"
tool dbt dbt-core==1.11.16 dbt-postgres==1.10.0
tool sqlmesh "sqlmesh[postgres]==0.236.4"
tool dagster dagster==1.13.29 psycopg2-binary

./cluster.sh start
eval "$(./cluster.sh env)"
./cluster.sh fresh-db bench_peers
export PGDATABASE=bench_peers DB_NAME=bench_peers
psql -X -q -v ON_ERROR_STOP=1 -o /dev/null -v document="$(sed -n '/^src_transaction:/,/^$/p' "$REPO/tests/bench/pipeline.yaml")" <<'SQL'
select * from dfa.load_catalog(:'document', 'bench.yaml');
select * from dfa.setup(run_date => '2016-12-31');
SQL
"$DFA_BIN" load -f "$(./demo-data.sh)/transactions.parquet" -t src_transaction
psql -X -q -c 'create index on ai.src_transaction (transaction_timestamp)' -c 'vacuum analyze ai.src_transaction'
python3 "$REPO/tests/bench/peers/main.py" "$DFA_BIN" "$tools" "$DEMO/bench-peers" "$DEMO/bench-peers.md"
