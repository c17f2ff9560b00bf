# Targets are the manual: `make` prints them with a line each.

.DEFAULT_GOAL := help
.PHONY: help images demo check test bench screens vendor stop clean fmt lint env fresh-db install check-totals packages sbom upgrade-script \
	deploy-check fuzz advisories

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Build, start a private PostgreSQL, load the retail data, run its pipelines (DEMO_DATA=sample, PROMOTIONS=1)
	@scripts/demo.sh

check: ## Format, clippy and the tests that need no server: under a minute when warm
	@scripts/test.sh fast

test: ## Run every test
	@scripts/test.sh

bench: ## Measure against plain SQL and COPY, side by side (PART=background, serving, …: a part alone)
	@scripts/bench.sh $(PART)

screens: ## Make pictures of every page, into docs/screens/
	@scripts/screens.sh

vendor: ## Fetch others' JavaScript again, at the versions of its lockfile (needs npm)
	@scripts/vendor.sh

check-totals: ## Compare the demo's reports with totals straight from its Parquet files
	@scripts/check-totals.sh

env: ## Print the demo's variables: eval "$(make -s env)"
	@scripts/cluster.sh env

fresh-db: ## Make a database with the extension and nothing loaded in the demo's cluster: NAME=x
	@scripts/cluster.sh fresh-db "$(NAME)"

images: ## Build the Docker images and try the compose file (needs a docker daemon; else it says so)
	@scripts/images.sh

packages: ## Build Debian packages of the extension and of the command, into dist/
	@scripts/prerequisites.sh
	@scripts/packages.sh

upgrade-script: ## Write the script of ALTER EXTENSION dfa UPDATE anew, and try it
	@scripts/upgrade-script.sh

deploy-check: ## Check what deploys DFA (AWS, GoCD, GitHub, compose, systemd) by linters from PyPI
	@scripts/deploy-check.sh

fuzz: ## Feed what reads bytes of others (YAML, forms, CSV, JSON, cookies) with CASES of them (100000), each
	@scripts/fuzz.sh "$(CASES)"

sbom: ## Write what it is built of, as CycloneDX, into dist/ (needs npm)
	@scripts/sbom.sh

advisories: ## Look for advisories against what we depend on (needs the database of cargo-deny)
	@scripts/advisories.sh

install: ## Build and install: the command dfa into PREFIX/bin (/usr/local), the extension into PostgreSQL 15
	@scripts/prerequisites.sh
	@scripts/install.sh prefix "$(PREFIX)"

stop: ## Stop the demo's service and PostgreSQL
	@scripts/cluster.sh stop

clean: ## Stop the demo and remove .dfa/ (the build cache stays)
	@scripts/cluster.sh remove

fmt: ## Format the Rust code
	@cargo fmt --all

lint: ## Check formatting, clippy, shellcheck, cargo-deny
	@scripts/lint.sh
