# django-signals-panel. `make` lists the targets.

# The newest Python here that can make environments; the newest Django needs 3.12.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3.10 python3 python; do \
	$$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))' \
	2>/dev/null && { echo $$python; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
ADDRESS ?= 127.0.0.1:8000
MANAGE := $(BIN)/python tests/example/manage.py
# Dependency groups came with pip 25.1.
SETUP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# For the browser's tests: those of one file share what is costly to start, a server.
WORKERS ?= --numprocesses auto --maxprocesses 4 --dist loadfile
DJADE := find templates tests/example -name '*.html' -exec $(BIN)/djade --target-version 5.2
# A named version, so that it finds the same everywhere.
BIOME := npx --yes @biomejs/biome@2.6.8 check --error-on-warnings

.DEFAULT_GOAL := help
.PHONY: coverage help demo test transparency fuzz soak real bench screenshots lint format clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.10 or newer, with venv, is needed."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(SETUP) --upgrade 'pip>=25.1'

# One stamp per dependency group: made anew when pyproject.toml changes.
$(VENV)/%.stamp: pyproject.toml | $(BIN)/python
	$(SETUP) --editable . --group $*
	@touch $@

demo: $(VENV)/demo.stamp ## Serve the example site at http://127.0.0.1:8000/
	@$(MANAGE) migrate --verbosity 0
	@echo "The example site: http://$(ADDRESS)/ (stop it with Ctrl-C)"
	@EXAMPLE_API_URL=http://$(ADDRESS)/api/stock/ $(MANAGE) runserver $(ADDRESS)

test: $(VENV)/test.stamp ## Run all tests
	$(BIN)/python -m pytest $(ARGS)
	$(BIN)/python -m pytest --override-ini addopts=-rfEX $(WORKERS) tests/browser

transparency: $(BIN)/python ## Check that Django's own tests give the same results when recorded
	$(BIN)/python tests/transparency/django_suite.py $(ARGS)

# An environment for each: they may want different versions of Django.
.real/%/stamp: pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.10 or newer, with venv, is needed."; exit 1; }
	$(PYTHON) -m venv .real/$*
	.real/$*/bin/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	.real/$*/bin/python -m pip install --quiet --disable-pip-version-check --editable . --group $*
	@touch $@

real: .real/wagtail/stamp .real/oscar/stamp ## Drive Wagtail, Oscar and Django's admin with the panel (needs Chromium)
	@rm -rf .real/lines.txt .real/findings.txt .real/screenshots
	@failed=0; \
	.real/wagtail/bin/python -m pytest $(ARGS) tests/real/test_admin.py tests/real/test_wagtail.py || failed=1; \
	.real/oscar/bin/python -m pytest $(ARGS) tests/real/test_oscar.py || failed=1; \
	exit $$failed

fuzz: $(VENV)/test.stamp ## Compare random programs plain and recorded (ARGS="--programs 20000 --seed 1")
	@PYTHONPATH=tests:tests/example $(BIN)/python -m differential $(ARGS)

soak: $(VENV)/soak.stamp ## Serve 20,000 requests, whose memory must not grow (ARGS="--requests 2000")
	@PYTHONPATH=tests:tests/example $(BIN)/python -m soak $(ARGS)

bench: $(VENV)/bench.stamp ## Measure what the panel costs (ARGS="--quick --only sends")
	@PYTHONPATH=tests:tests/example $(BIN)/python -m benchmarks $(ARGS)

screenshots: $(VENV)/test.stamp ## Make the README's screenshots again (needs Chromium)
	$(BIN)/python tests/screenshots.py

coverage: $(VENV)/coverage.stamp ## Say which lines and branches the tests don't reach
	$(BIN)/coverage run -m pytest $(ARGS)
	$(BIN)/coverage report

lint: $(VENV)/lint.stamp ## Check style and types (needs Node.js for scripts and style sheets)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates tests/example
	$(DJADE) --check {} +
	@if command -v npx >/dev/null; then echo "$(BIOME)"; $(BIOME); \
	else echo "Node.js is missing, so scripts and style sheets were not checked."; \
	test "$$REQUIRE_NODE" != 1; fi

format: $(VENV)/lint.stamp ## Write the files as `make lint` wants them (needs Node.js)
	$(BIN)/ruff format .
	@# It ends with an error where it has changed a file.
	$(DJADE) {} + || $(DJADE) --check {} +
	$(BIOME) --write

clean: ## Remove what the targets above have made
	rm -rf $(VENV) .real build dist .tox .cache .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis
	rm -rf tests/example/db.sqlite3 tests/example/sent_mail
