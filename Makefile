# Two commands do all the set-up: `make build` and `make test`. Needs Python 3.11 to 3.13 and make;
# Java 17 as well for the Spark part of `make test`, which is left out without.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

export RUNTIME__DLTHUB_TELEMETRY := false
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DAGSTER_DISABLE_TELEMETRY := yes
export DO_NOT_TRACK := 1
export DAGSTER_HOME := $(CURDIR)/orchestration/instance
# Compiling Spark's short statements thoroughly costs more than it saves; there are too many of them for the default cache.
export JAVA_TOOL_OPTIONS ?= -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:ReservedCodeCacheSize=256m
export PATH := $(CURDIR)/$(BIN):$(PATH)

# What `make check` compares with, and how many times as much as in `make test` is drawn by `make campaign`.
MAIN := $(shell git rev-parse --verify --quiet origin/main >/dev/null 2>&1 && echo origin/main || echo main)
TIEOUT_CAMPAIGN ?= 20

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.PHONY: install
install: $(INSTALLED) ## Install the locked environment into .venv

# The lock names every package with its hashes, so nothing is resolved (--no-deps) and nothing else gets in.
$(INSTALLED): requirements.lock pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
		echo "Installing the locked environment with uv (under a minute)"; \
		uv venv --quiet --allow-existing --python "$(PYTHON)" $(VENV) && \
		uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements.lock && \
		uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
		echo "Installing the locked environment with pip (one to three minutes)"; \
		$(PYTHON) -m venv $(VENV) && \
		$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements.lock && \
		$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .; \
	fi
	@touch $@

.PHONY: build
build: install ## Collect what has landed, build and test every model on DuckDB, and sum up
	@tieout build

.PHONY: documents analysts
documents: install ## Install what reads the text of pictures, and PDFs (half a gigabyte); the next collect reads them
analysts: install ## Install what the notebooks need: marimo, pandas and polars (0.6 GB, a minute)
documents analysts:
	@if command -v uv >/dev/null 2>&1; then \
		uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements-$@.lock; \
	else \
		$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements-$@.lock; \
	fi

.PHONY: notebooks
notebooks: analysts ## Run the notebooks on what is published, or else built, and write their pages to reports/notebooks
	@$(BIN)/python notebooks

.PHONY: check
check: install ## Before each commit: style, dbt's unit tests and the fast Python tests (3 minutes)
	ruff check
	ruff format --check
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target changed models fast

.PHONY: changed
changed:
	@files=$$(git diff --name-only --diff-filter=d $$(git merge-base HEAD $(MAIN)) -- '*.sql'; \
		git ls-files --others --exclude-standard -- '*.sql'); \
	if [ -n "$$files" ]; then python tests/sqlfluff_lint.py lint $$files; fi

# A company of no files is enough: unit tests ask the parents of a model only for the types of their columns.
.PHONY: models
models: export TIEOUT_LANDING := target/models/landing
models: export TIEOUT_LAKE := target/models/lake
models: export TIEOUT_WAREHOUSE := target/models/tieout.duckdb
models: install ## Run dbt's unit tests, on models built of nothing
	@mkdir -p $(TIEOUT_LANDING)
	dbt --warn-error build --quiet --exclude-resource-type test --target-path target/models

.PHONY: fast
fast: install ## Run the Python tests that build no model and start no server
	pytest tests/python/fast

.PHONY: test
test: build ## All that proves it: dbt's and the Python tests, and beside them the marts on Spark (10 minutes)
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target unit parity

.PHONY: unit
unit: models ## Run dbt's unit tests, then the Python tests
	pytest -n 2 --dist loadfile --no-loadscope-reorder

# A company of its own, so that no mart is empty and the demo stays as it is.
.PHONY: parity
parity: export TIEOUT_LANDING := target/parity/landing
parity: export TIEOUT_LAKE := target/parity/lake
parity: export TIEOUT_WAREHOUSE := target/parity/warehouse/tieout.duckdb
parity: export TIEOUT_PAYMENTS := target/parity/payments
parity: export TIEOUT_SPARK_WAREHOUSE := target/parity/spark
parity: export DBT_TARGET_PATH := target/parity/target
parity: install ## Build the demo, decided, closed and paid, on DuckDB and of nothing on Spark, and compare every mart
	@if java -version >/dev/null 2>&1; then \
		rm -rf target/parity && \
		PYTHONPATH=. python tests/python/parity_company.py && \
		dbt build --quiet --exclude-resource-type test unit_test && \
		dbt build --quiet --target spark_small --target-path target/parity/spark_target \
			--exclude-resource-type test unit_test && \
		tieout parity; \
	else \
		echo "Left out: the marts on Spark, for want of Java 17 (apt-get install openjdk-17-jre-headless)"; \
	fi

.PHONY: campaign
campaign: install ## What needs long: more kills, mutants and examples (TIEOUT_CAMPAIGN times as many), more companies
	TIEOUT_CAMPAIGN=$(TIEOUT_CAMPAIGN) pytest -n 2 --dist loadfile -m "drawn or long or more"

.PHONY: long
long: models notebooks ## CI: dbt's unit tests and the notebooks, then the Python tests, the longest files first
	pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not more"

.PHONY: lint
lint: install ## Check the style of Python and of all SQL (2 minutes)
	ruff check
	ruff format --check
	python tests/sqlfluff_lint.py lint --processes 2 models macros tests

.PHONY: night
night: install ## Run the night as the Dagster job does
	@tieout night

.PHONY: ui
ui: install ## Open Dagster on 127.0.0.1:3000, at the address that it prints
	@tieout ui

.PHONY: desk
desk: install ## Open the desk, where items are matched and reds accepted, on 127.0.0.1:8070
	@tieout desk

.PHONY: docs
docs: install ## Make the lineage site and open it on 127.0.0.1:8080, at the address that it prints
	@tieout docs

RESOLVED := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

.PHONY: lock
lock: ## Resolve the locks again from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --group spark --group dev $(RESOLVED) \
		--no-emit-package dbt-core-experimental-parser --output-file requirements.lock
	for extra in documents analysts; do \
		$(PYTHON) -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['$$extra'], sep='\n')" | \
		uv pip compile - --constraint requirements.lock $(RESOLVED) --output-file requirements-$$extra.lock || exit; \
	done

.PHONY: clean
clean: ## Remove what a build made: the lake, the warehouse and dbt's artifacts
	rm -rf lake warehouse target logs
