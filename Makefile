# `make` lists what there is to do. Needs Python 3.11 or newer and make; everything else comes with pip.
PYTHON ?= python3
VENV = .venv
ENGINE = .venv-engine
PEERS = .venv-bench
IN = $(VENV)/bin/python
PIP = -m pip --disable-pip-version-check install --quiet --no-compile
NAME ?=
PYTEST = $(VENV)/bin/pytest
ARGS ?=

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

up: $(VENV)/local.stamp $(ENGINE)/stamp ## everything on this machine, with a story told in it; Ctrl-C ends it
	@$(IN) -m local.up $(ARGS)

down: $(VENV)/local.stamp ## end what `make up` runs in another terminal; the data stays
	@$(IN) -m local.down

clean: ## forget the local data and what was built
	@test ! -e $(VENV)/local.stamp || $(IN) -m local.down
	rm -rf .parley .aws-sam .mypy_cache .pytest_cache .ruff_cache .hypothesis

organization: $(VENV)/local.stamp ## NAME=… a new organization and its first API key (ARGS=--aws: on AWS)
	@$(IN) -m local.organization "$(NAME)" $(ARGS)

check: $(VENV)/dev.stamp ## style, types and templates
	@$(MAKE) --no-print-directory -j2 style types

style:
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/cfn-lint template.yaml
	SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1 $(VENV)/bin/sam validate --lint

types:
	$(VENV)/bin/mypy

test: check $(ENGINE)/stamp ## all checks and all tests, those against the embedded stack included
	$(PYTEST) -m "not soak and not stack" -n auto $(ARGS)
	$(PYTEST) -m "stack and not load and not soak" $(ARGS)

load: $(VENV)/dev.stamp $(ENGINE)/stamp ## the stack under hundreds of messages at once, five minutes
	$(PYTEST) -m load $(ARGS)

soak: $(VENV)/dev.stamp $(ENGINE)/stamp ## the tests that take minutes
	$(VENV)/bin/pytest -m soak $(ARGS)

bench: $(VENV)/dev.stamp $(PEERS)/stamp ## the costs that must stay small, measured
	PYTHONPATH=.:layers/common $(IN) -m tests.bench $(ARGS)

openapi: $(VENV)/local.stamp ## write openapi.json from the handlers
	PYTHONPATH=.:layers/common $(IN) -m local.openapi

build: $(VENV)/local.stamp ## build for AWS (needs python3.13 on the PATH)
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" SAM_CLI_TELEMETRY=0 sam build

deploy: build ## build and deploy to the AWS account of the environment
	SAM_CLI_TELEMETRY=0 $(VENV)/bin/sam deploy $(ARGS)

install: $(VENV)/dev.stamp $(ENGINE)/stamp ## the environments only; the other targets do it by themselves

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/local.stamp: $(VENV)/bin/python pyproject.toml layers/dependencies/requirements.txt
	@echo "installing the tools into $(VENV) …"
	@$(IN) local/requirements.py local > $(VENV)/local.txt
	@$(IN) $(PIP) -r $(VENV)/local.txt -r layers/dependencies/requirements.txt
	@touch $@

$(VENV)/dev.stamp: $(VENV)/local.stamp
	@echo "installing the test tools into $(VENV) …"
	@$(IN) local/requirements.py dev > $(VENV)/dev.txt
	@$(IN) $(PIP) -r $(VENV)/dev.txt -r layers/dependencies/requirements.txt
	@touch $@

$(ENGINE)/stamp: pyproject.toml
	@echo "installing the engine into $(ENGINE) …"
	@$(PYTHON) -m venv $(ENGINE)
	@$(PYTHON) local/requirements.py engine > $(ENGINE)/requirements.txt
	@$(ENGINE)/bin/python $(PIP) -r $(ENGINE)/requirements.txt
	@touch $@

$(PEERS)/stamp: pyproject.toml
	@echo "installing the workers to compare with into $(PEERS) …"
	@$(PYTHON) -m venv $(PEERS)
	@$(PYTHON) local/requirements.py bench > $(PEERS)/requirements.txt
	@$(PEERS)/bin/python $(PIP) -r $(PEERS)/requirements.txt
	@touch $@

.PHONY: help up down clean organization check style types test load soak bench openapi build deploy install
