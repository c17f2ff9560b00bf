#!/usr/bin/env bash
# Runs once, when the data folder is made: the extension in the database of POSTGRES_DB.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<SQL
alter system set cron.database_name = '$POSTGRES_DB';
create extension if not exists dfa;
SQL
