# Every command sets itself up. Python 3.11 and make are all that must be there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1

.PHONY: run demo test test-long bench bench-peers promises check doctor setup setup-test format lock clean

run: setup
	@$(BIN)/ringtrue run

demo: setup
	@$(BIN)/ringtrue demo

doctor: setup
	@$(BIN)/ringtrue doctor

test: setup-test check
	@$(BIN)/ringtrue-test-parts
	@$(BIN)/pytest -q -n 3 --dist loadfile --durations=25

test-long: setup-test check
	@RINGTRUE_LONG=1 $(BIN)/pytest -q

# Lint, types and import rules.
check: setup-test
	@$(BIN)/ruff check ringtrue tests bench
	@$(BIN)/ruff format --check -q ringtrue tests bench
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache > $(VENV)/lint-imports.txt || { cat $(VENV)/lint-imports.txt; exit 1; }

bench: setup-test
	@$(BIN)/python -m bench --json bench/results.json $(if $(DATA),--data $(DATA))
	@$(BIN)/python -m bench.publishing

# Pipecat and LiveKit Agents in environments of their own, under the same callers. DATA=folder of evaluation data adds turn-taking.
bench-peers: setup-test
	@$(BIN)/python -m bench.peers $(if $(DATA),--data $(DATA))

promises: setup-test
	@$(BIN)/ringtrue promises

format: setup-test
	@$(BIN)/ruff check --fix -q ringtrue tests bench
	@$(BIN)/ruff format -q ringtrue tests bench

# --- set-up: each stamp file is made again when what it depends on changes -------------------------------------------------

setup: $(VENV)/stamp-run $(VENV)/stamp-assets

setup-test: setup $(VENV)/stamp-test node_modules/axe-core/axe.min.js

$(VENV)/stamp-tools: requirements/tools.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Ringtrue needs Python 3.11 or newer; this is $$($(PYTHON) -V). Set PYTHON=/path/to/python3.11."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing. On Debian: apt-get install python3-venv"; exit 1; }
	@echo "Setting up Ringtrue in $(VENV) (once; about a minute)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/tools.txt
	@touch $@

$(VENV)/stamp-run: $(VENV)/stamp-tools requirements/run.txt requirements/models.txt pyproject.toml
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/run.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes --no-deps -r requirements/models.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/stamp-test: $(VENV)/stamp-run requirements/test.txt requirements/apart.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements/test.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes --no-deps -r requirements/apart.txt
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json $(VENV)/stamp-run
	@$(BIN)/python -m ringtrue.core.installing_scripts
	@touch $@

# What only tests need: `npm ci` puts everything there anew.
node_modules/axe-core/axe.min.js: node_modules/.package-lock.json
	@$(BIN)/python -m ringtrue.core.installing_scripts --tests
	@touch $@

$(VENV)/stamp-assets: node_modules/.package-lock.json $(shell find ringtrue/console ringtrue/accounts -name '*.html' -o -name '*.css' -o -name '*.js' -o -name 'building_assets.py' 2>/dev/null | grep -v '/tests/')
	@$(BIN)/python -m ringtrue.console.building_assets
	@touch $@

lock: $(VENV)/stamp-tools
	@for part in tools node run llm test; do $(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-header requirements/$$part.in -o requirements/$$part.txt; done
	@for part in models apart; do $(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-header --no-deps requirements/$$part.in -o requirements/$$part.txt; done
	@for peer in pipecat livekit; do $(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-header bench/peers/$$peer.in -o bench/peers/$$peer.txt; done

clean:
	@rm -rf $(VENV) node_modules build
