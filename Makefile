# make demo   set up, run the whole loop, leave the application serving on http://127.0.0.1:8000
# make test   set up, run every check and every test
# Both set up only what is missing; a second run installs nothing again.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
IMAGES ?=
ARGS ?=
DATA ?=

VENV := .venv
BIN := $(VENV)/bin
NPM := npm --prefix frontend
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes
FRONTEND_SOURCES := $(shell find frontend/src frontend/*.html frontend/*.ts frontend/*.json -type f 2>/dev/null)

.PHONY: demo test check lint types contracts python-tests explore frontend-tests browser bench default-model lock clean

demo: $(VENV)/runtime.stamp frontend/dist/index.html
	$(BIN)/cytoloop demo $(if $(IMAGES),--images "$(IMAGES)") $(ARGS)

test: check

check: lint types contracts frontend-tests python-tests

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.stamp
	$(BIN)/mypy

contracts: $(VENV)/dev.stamp
	$(BIN)/lint-imports

frontend-tests: frontend/node_modules/.stamp
	$(NPM) run check

python-tests: $(VENV)/dev.stamp frontend/dist/index.html browser
	$(BIN)/python -m pytest

# New random examples for every law that the tests state, many more than a test run asks.
explore: $(VENV)/dev.stamp
	$(BIN)/python -m pytest --hypothesis-profile=explore -m hypothesis tests/pipeline tests/training

browser: $(VENV)/dev.stamp
	$(BIN)/python tests/e2e/browser.py

bench: $(VENV)/bench.stamp
	$(BIN)/cytoloop bench $(ARGS)

# The model that comes with the project, from the folder of its images: make default-model DATA=FOLDER
default-model: $(VENV)/runtime.stamp
	$(BIN)/cytoloop default-model --data "$(DATA)" $(ARGS)

# The lock files: every version and hash, no index address.
lock:
	cd requirements && for set in runtime bench dev; do \
	  uv pip compile --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate \
	    --upgrade $$set.in -o $$set.txt || exit 1; done

clean:
	rm -rf $(VENV) frontend/node_modules frontend/dist data

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
	  || { echo "Python 3.11 is needed, found: $$($(PYTHON) --version 2>&1). Name one with PYTHON=..."; exit 1; }
	@echo "[set-up] virtual environment"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/runtime.stamp: requirements/runtime.txt pyproject.toml | $(VENV)/bin/python
	@echo "[set-up] Python packages (a minute or two)"
	@$(PIP) -r requirements/runtime.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/runtime.stamp
	@echo "[set-up] Python packages for the tests"
	@$(PIP) -r requirements/dev.txt
	@touch $@

$(VENV)/bench.stamp: requirements/bench.txt $(VENV)/runtime.stamp
	@echo "[set-up] Python packages to compare runtimes with"
	@$(PIP) -r requirements/bench.txt
	@touch $@

frontend/node_modules/.stamp: frontend/package-lock.json
	@echo "[set-up] frontend packages"
	@$(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

frontend/dist/index.html: frontend/node_modules/.stamp $(FRONTEND_SOURCES)
	@echo "[set-up] frontend build"
	@$(NPM) run build --silent -- --logLevel=warn
	@touch $@
