# Needs python3 (3.11, 3.12 or 3.13), make and a package index; all else is fetched into .venv.
# PYTHON=/path/to/python chooses the interpreter, WORKERS=n the number of test processes,
# ARGS='…' is handed on to what is run: make test ARGS='-k breaker'.
.DEFAULT_GOAL := help
.PHONY: help demo test proof matrix kills mutants versions fast check bench bench-peer bench-docs docs package sbom newcomer \
        constraints setup clean

export PYTHON
WORKERS ?= 2
ARGS ?=
PY := .venv/bin/python
PYTEST := $(PY) -m pytest -n $(WORKERS) --dist loadfile

help:  ## this list
	@awk -F ':  ## ' '/^[a-z-]+:  ## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

demo:  ## set everything up and show riskplugin at work, offline, in about two minutes
	@sh tools/setup run
	@.venv/bin/riskplugin demo $(ARGS)

test:  ## set everything up and run the tests, real bots included
	@sh tools/setup dev
	@$(PYTEST) -m "not exhaustive" $(ARGS)

proof:  ## every test there is: each path x limit, each hostile strategy in each market
	@sh tools/setup dev
	@$(PYTEST) $(ARGS)

matrix:  ## every path of an order against every limit, written to docs/matrix.md
	@sh tools/setup dev
	@$(PY) -m tools.matrix $(ARGS)

kills:  ## kill -9 at 200 moments of a bot's life, each followed by an audit
	@sh tools/setup dev
	@$(PY) -m tools.kills --runs 200 $(ARGS)

mutants:  ## change the core's code in thousands of places: does a test notice? (docs/mutants.md)
	@sh tools/setup dev
	@$(PY) -m tools.mutants --page docs/mutants.md $(ARGS)

versions:  ## the end-to-end subset on the newest freqtrade and on older ones (docs/versions.md)
	@sh tools/setup dev
	@$(PY) -m tools.versions $(ARGS)

fast:  ## the quick tests: all but those marked slow
	@sh tools/setup dev
	@$(PYTEST) -m "not slow and not exhaustive" $(ARGS)

check:  ## ruff, mypy and the import contracts: every finding, then one verdict
	@sh tools/setup dev
	@sh tools/check

bench:  ## measure against the baselines: ratios in one run
	@sh tools/setup dev
	@$(PY) -m benchmarks $(ARGS)

bench-peer:  ## NautilusTrader in .venv-peer, for make bench to measure beside riskplugin
	@sh tools/setup dev
	@$(PY) -m tools.peer

bench-docs:  ## docs/benchmarks.md from a run: make bench-docs RUN=bench.json (of some parts: ARGS=--anew)
	@sh tools/setup dev
	@$(PY) -m benchmarks.docs $(RUN) $(ARGS)

docs:  ## the pages as a site, in site/
	@sh tools/setup dev
	@NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs --quiet build --strict && echo "site/index.html"

package:  ## wheel and source archive in dist/, checked
	@sh tools/setup dev
	@$(PY) -m tools.package

sbom:  ## every package of an installation with its licence, in dist/
	@sh tools/setup dev
	@$(PY) -m tools.sbom $(ARGS)

newcomer:  ## a new environment, only the wheel, README and quick start to the letter, the demo
	@sh tools/setup dev
	@$(PY) -m tools.newcomer $(ARGS)

constraints:  ## write constraints.txt anew; PYTHONS='python3.11 python3.12 …' names the interpreters
	@"$${PYTHON:-python3}" tools/constraints.py $(ARGS) $(PYTHONS)

setup:  ## only prepare .venv
	@sh tools/setup dev

clean:  ## remove everything make made: .venv, caches, logs, builds (user_data is left alone)
	@rm -rf .venv .venv-peer .versions .setup.log .check.log build dist site .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find riskplugin tests tools -type d -name __pycache__ -prune -exec rm -rf {} +
