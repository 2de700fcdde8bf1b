# One command each. `make run` and `make test` do all their own set-up in .venv/ (needs Python >= 3.11 with venv, and make).
PYTHON ?= python3
PORT ?= 8000
REQUIRE_ALL ?=
DATA ?=
INPUTS ?= 1000000
KILLS ?= 100
TROUBLE ?= 30
MINUTES ?= 10
UV_VERSION := 0.13.9
export UV_COMPILE_BYTECODE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv pip install --python $(BIN)/python --quiet

.PHONY: run test check fast format lock train settings-table wheel bundle clean bench-core bench-batch bench-quality bench-evasions bench-writers bench-store bench-load bench-peers endurance sbom help

help:                ## list the commands
	@grep -hE '^[a-z-]+: .*##|^[a-z-]+:  +##' $(MAKEFILE_LIST) | sed -E 's/:.*##/  /'

$(BIN)/uv:
	$(PYTHON) -c 'import sys; sys.exit("需要 Python 3.11 或更高版本，当前是 " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv==$(UV_VERSION)

$(VENV)/.run-stamp: requirements.lock pyproject.toml | $(BIN)/uv
	$(UV) --require-hashes -r requirements.lock
	$(UV) --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q src
	touch $@

$(VENV)/.test-stamp: requirements-dev.lock pyproject.toml | $(BIN)/uv
	$(UV) --require-hashes -r requirements-dev.lock
	$(UV) --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q src
	touch $(VENV)/.run-stamp $@

run: $(VENV)/.run-stamp  ## screen two examples in the terminal, then serve the page on this machine
	$(BIN)/risk-screen serve --demo --port $(PORT)

test: check  ## every check and every test; what cannot run is said loudly (REQUIRE_ALL=1 makes that a failure)
	@sh tests/browser/install_chromium.sh
	@sh tests/deploy/install_nginx.sh
	REQUIRE_ALL=$(REQUIRE_ALL) $(BIN)/python -m pytest -n 2 --dist loadgroup

check: $(VENV)/.test-stamp  ## style, types, layers, rulebook
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/risk-screen rules lint
	$(BIN)/risk-screen rules test

fast: $(VENV)/.test-stamp  ## the unit tests only, in seconds
	$(BIN)/python -m pytest -q -n 2 -m "not browser and not slow"

format: $(VENV)/.test-stamp  ## let ruff put the code in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: | $(BIN)/uv  ## renew both lock files (names, versions and hashes only)
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --no-emit-index-url --group build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --no-emit-index-url --all-extras --group dev pyproject.toml -o requirements-dev.lock

train: $(VENV)/.test-stamp  ## train both classifiers on models/corpus and write them to models/
	$(BIN)/risk-screen train --channel marketing --channel registration

settings-table: $(VENV)/.test-stamp  ## write the table of settings in docs/operations.md anew
	$(BIN)/python tools/refresh_settings_table.py

wheel: $(VENV)/.test-stamp  ## build the wheel with rulebook and models inside
	$(BIN)/python -m hatchling build -t wheel

bundle: $(VENV)/.test-stamp  ## an offline bundle in dist/ for a machine without a network, installed without an index as a check
	$(BIN)/python tools/build_bundle.py

bench-core: $(VENV)/.test-stamp  ## speed of one text beside jieba.lcut, medians and ratios of one run
	$(BIN)/python benchmarks/core.py

bench-batch: $(VENV)/.test-stamp  ## rows a second of the batch command beside pandas + jieba + scikit-learn
	$(BIN)/python benchmarks/batch.py

bench-quality: $(VENV)/.test-stamp  ## figures on labelled texts; DATA=folder with dev/ and real/ (or RISK_SCREEN_DATA)
	$(BIN)/python benchmarks/quality.py $(if $(DATA),--data $(DATA))

bench-store: $(VENV)/.test-stamp  ## screenings stored a second, a commit each and one for what comes together; DATABASE=address
	$(BIN)/python benchmarks/storing.py $(if $(DATABASE),--database $(DATABASE))

bench-load: $(VENV)/.test-stamp  ## registrations screened and stored a second over HTTP, beside routes that only insert or do nothing
	$(BIN)/python benchmarks/load.py

bench-evasions: $(VENV)/.test-stamp  ## does an evasive spelling change the decision? own corpus, rewritten by family
	$(BIN)/python benchmarks/evasions.py

bench-writers: $(VENV)/.test-stamp  ## does the classifier see through a writer's style? each group of writers held out in turn
	$(BIN)/python benchmarks/writers.py

bench-peers: $(VENV)/.test-stamp  ## speed, evasions and coincidences beside other programs, which it installs into .venv-peers
	$(BIN)/python benchmarks/peers.py

endurance: $(VENV)/.test-stamp  ## what takes hours: a million hostile texts (INPUTS=…), a hundred kills under load (KILLS=…), a store in trouble for half a minute (TROUBLE=…), ten minutes of mixed traffic (MINUTES=…); 0 leaves a part out; fails if anything does not hold
	test $(INPUTS) = 0 || $(BIN)/python tests/endurance/fuzz_walk.py --inputs $(INPUTS) --workers 2
	test $(KILLS) = 0 || $(BIN)/python tests/faults/kill_loop.py --kills $(KILLS)
	test $(TROUBLE) = 0 || SECONDS_OF_TROUBLE=$(TROUBLE) $(BIN)/python -m pytest -q -n 0 tests/faults/test_store_in_trouble.py
	test $(MINUTES) = 0 || $(BIN)/python tests/endurance/mixed_traffic.py --minutes $(MINUTES)

sbom: $(VENV)/.test-stamp  ## write dist/sbom.cdx.json: every locked package, rulebook and models (CycloneDX 1.6)
	$(BIN)/python tools/build_sbom.py

clean:  ## remove what the commands above made
	rm -rf $(VENV) .venv-peers dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
