# Python 3.10 or newer, git and make (and Go, where Pulumi's release can't be downloaded) are all a machine needs; the
# rest is fetched here, by version and hash.

PYTHON ?= python3
UV      = PYTHON="$(PYTHON)" UV_PYTHON_DOWNLOADS=never tools/uv/uv
BIN    := $(CURDIR)/.venv/bin
# Named after the interpreter, so that another PYTHON makes the environment anew.
VENV   := .venv/made-by-$(notdir $(PYTHON))
FLOOR_ENVIRONMENT := build/floor-environment/made-by-$(notdir $(PYTHON))
WHEEL_ENVIRONMENT := build/wheel-environment/made
LOCK    = $(UV) pip compile -q --universal --python-version 3.10 --generate-hashes --all-extras --group dev pyproject.toml
# Runs a command with a Pulumi CLI and the environment on PATH: the CLI runs the first python3 it finds there.
ENGINE  = PATH="$(BIN):$$PATH" $(PYTHON) tools/pulumi

# The programs of this repository. Each is a module `__main__`, so mypy is run once for each.
PROGRAMS = __main__.py $(wildcard examples/*/__main__.py examples/*/*/__main__.py examples/*/test_*.py)

# The stack of `make up` lives in .sandbox and belongs to nobody's account: variables of the caller's shell that
# concern Pulumi or FastPix must not reach it. Our own settings, all PULUMI_FASTPIX_*, stay.
unexport $(filter-out PULUMI_FASTPIX_%,$(filter PULUMI_% FASTPIX_%,$(.VARIABLES)))
# Pulumi starts several Python processes for each command: without compiled modules that takes three times as long.
unexport PYTHONDONTWRITEBYTECODE
STACK   = mkdir -p .sandbox/state && \
	PULUMI_HOME="$(CURDIR)/.sandbox/pulumi-home" \
	PULUMI_BACKEND_URL="file://$(CURDIR)/.sandbox/state" \
	PULUMI_CONFIG_PASSPHRASE=sandbox \
	PULUMI_SKIP_UPDATE_CHECK=true \
	PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true \
	$(ENGINE)
SANDBOX = $(STACK) pulumi-fastpix sandbox exec --join --data .sandbox/fastpix.db --

.PHONY: help up sandbox preview refresh destroy stack check format test test-engine test-floor programs soak record-state \
	benchmark screenshot import-time schema docs wheel release lint lock clean

help: ## List these commands
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "make %-12s %s\n", $$1, $$2 }'

up: stack ## Create or update the example stack against the sandbox, and show its outputs
	@$(SANDBOX) pulumi up --yes --stack dev
	@$(STACK) pulumi stack output --stack dev
	@echo "To watch the sandbox in your browser, and to make requests fail: make sandbox, beside this."

sandbox: $(VENV) ## Keep the sandbox of `make up` open, with its page in your browser, until Ctrl-C
	@$(STACK) pulumi-fastpix sandbox --data .sandbox/fastpix.db

preview: stack ## Show what `make up` would do
	@$(SANDBOX) pulumi preview --stack dev

refresh: stack ## Read the stack's objects from the sandbox again
	@$(SANDBOX) pulumi refresh --yes --stack dev

destroy: stack ## Delete the stack's objects
	@$(SANDBOX) pulumi destroy --yes --stack dev
	@echo "(That stack is in .sandbox/, where 'pulumi stack rm' of your own shell doesn't look: 'make clean' deletes it.)"

stack: $(VENV)
	@$(STACK) pulumi stack select --create dev

check: lint ## Run the linters, and the unit and process tests: before every commit
	@PATH="$(BIN):$$PATH" pytest -n auto tests/unit tests/process

format: $(VENV) ## Correct style and format as far as a program can
	@$(BIN)/ruff check --fix --exit-zero
	@$(BIN)/ruff format

test: lint wheel $(FLOOR_ENVIRONMENT) programs ## Run the linters and all tests, on the real engine too
	@$(ENGINE) pytest -n auto --dist worksteal

# Where one can't be had, the tests that need it say what is missing: in continuous integration, they fail.
programs:
	@tools/program chromium install >/dev/null || true
	@tools/program postgresql install >/dev/null || true
	@$(PYTHON) tools/pulumi/s3_server.py >/dev/null || true

test-engine: wheel $(FLOOR_ENVIRONMENT) ## Run the tests on the real engine: all, or FILES=tests/engine/test_get.py ARGS='-n0 -x'
	@$(ENGINE) pytest -n auto --dist worksteal $(ARGS) $(or $(FILES),tests/engine)

test-floor: $(FLOOR_ENVIRONMENT) ## Run the unit and process tests with the oldest dependencies allowed
	@PATH="$(CURDIR)/$(dir $(FLOOR_ENVIRONMENT))bin:$$PATH" pytest -n auto tests/unit tests/process

soak: $(VENV) ## Try 50,000 random schedules of exactly-once and 10,000 killed runs, for half an hour at most
	@$(BIN)/pytest -n auto tests/model/test_killed_processes.py tests/model/test_schedules.py --schedules=50000 --schedules-for-seconds=1800

record-state: $(VENV) ## Record what this version stores in a stack, once per release: NAME=0.1.0
	@$(ENGINE) python tests/recorded_states/record.py $(NAME)

benchmark: $(VENV) ## Measure both providers beside others, on an idle machine: hours, or a part with ARGS (ARGS=--help)
	@$(ENGINE) python -m benchmarks $(ARGS)

screenshot: $(VENV) ## Take the picture of the sandbox's page in docs/images/ anew
	@PYTHONPATH=tests:. $(BIN)/python -m browser.picture

import-time: $(VENV) ## Measure what importing this package adds to importing Pulumi
	@$(BIN)/python benchmarks/imports.py

schema: $(VENV) ## Write schema.json anew, after a change of what the native provider offers
	@$(BIN)/python -c 'from pulumi_fastpix.native.schema import as_json; print(as_json(), end="")' >schema.json

docs: $(VENV) ## Make the documentation's site in build/site; a warning is an error
	@$(BIN)/sphinx-build -b html -q -W -E -d build/site-doctrees docs build/site
	@echo "$(CURDIR)/build/site/index.html"

wheel: $(WHEEL_ENVIRONMENT) ## Build the wheel, and an environment that has it and not the sources

release: $(VENV) ## Make what a release publishes, in dist/: wheel, sdist, schema and the plugin for each platform
	@rm -rf dist
	@$(BIN)/python tools/release.py dist

lint: $(VENV) ## Check style, format and types
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@printf '%s\n' $(PROGRAMS) | xargs -n 1 -P 2 $(BIN)/mypy --no-error-summary
	@# Otherwise it asks the package index for newer versions of itself, and takes a configuration from folders above.
	@PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright --project pyproject.toml --pythonpath $(BIN)/python

lock: ## Resolve requirements.lock and requirements-floor.lock anew
	@$(LOCK) -o requirements.lock
	@$(LOCK) --resolution lowest-direct -o requirements-floor.lock

clean: ## Delete all that was made in this folder, the sandbox's data too
	rm -rf .venv .sandbox build dist .mypy_cache .pytest_cache .ruff_cache

# An environment with the sources and what a lock file names. $(1): its folder, $(2): the lock file.
define locked_environment
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 10) or sys.exit("$(PYTHON) is older than Python 3.10; name a newer one: make PYTHON=python3.12")'
	@$(UV) venv --quiet --clear --python "$(PYTHON)" $(1)
	@$(UV) pip sync --quiet --compile-bytecode --require-hashes --python $(1)/bin/python $(2)
	@$(UV) pip install --quiet --no-deps --python $(1)/bin/python --editable .
	@touch $@
endef

$(VENV): requirements.lock pyproject.toml
	$(call locked_environment,.venv,$<)

$(FLOOR_ENVIRONMENT): requirements-floor.lock pyproject.toml
	$(call locked_environment,$(patsubst %/,%,$(dir $@)),$<)

$(WHEEL_ENVIRONMENT): $(VENV) $(shell find provider -name '__pycache__' -prune -o -type f -print) README.md LICENSE
	@rm -rf build/wheel
	@$(BIN)/hatchling build --target wheel --directory build/wheel >/dev/null
	@$(UV) venv --quiet --clear --python "$(PYTHON)" build/wheel-environment
	@$(UV) pip install --quiet --python build/wheel-environment/bin/python \
		--constraint requirements.lock "$$(echo build/wheel/*.whl)[sandbox]" pip
	@touch $@
