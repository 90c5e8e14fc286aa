# The front door. `make run` runs an instance, `make test` tests everything; `make help` lists the rest.
# PORT=8001 another port · DATA=second another instance (a name under var/, or a path) · HOST=0.0.0.0 another address
# BOTH=1 a demo and a production beside it, paired · KIND=demo|production · DATABASE_URL=postgresql://… any PostgreSQL >= 15 instead of the one that comes along
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run stop status doctor setup test lint types unit e2e web bench soak lock clean

fits = $(shell for p in $(1) python3 python3.14 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$p; break; }; done)
PYTHON := $(call fits,$(PYTHON))
VENV ?= .venv
export CPIMS_VENV := $(abspath $(VENV))
ours := $(CPIMS_VENV)/bin/python

ifneq ($(origin PORT),undefined)
export CPIMS_PORT := $(PORT)
endif
ifneq ($(origin HOST),undefined)
ifneq ($(origin HOST),environment)
export CPIMS_HOST := $(HOST)
endif
endif
ifneq ($(origin DATA),undefined)
export CPIMS_DATA := $(DATA)
endif
ifneq ($(origin KIND),undefined)
export CPIMS_KIND := $(KIND)
endif
both := $(if $(BOTH),--both)

ifneq ($(origin DATABASE_URL),undefined)
export DATABASE_URL
endif

need_python = @test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found. On Debian: apt-get install python3 python3-venv. Another one: make $@ PYTHON=/path/to/python3" >&2; exit 1; }

help: ## show this list
	@grep -E '^[a-z0-9]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 12

run: ## set up what is missing, start, print the address and the sign-ins; Ctrl-C stops
	$(need_python)
	@"$(PYTHON)" -B -m cpims.management.launch.prepare run && exec "$(ours)" -m cpims.management.cli run --with-parent $(both)

stop: ## stop a running instance
	@"$(ours)" -m cpims.management.cli stop $(both)

status: ## is it running, and where?
	@"$(ours)" -m cpims.management.cli status

doctor: ## what is wrong with this installation?
	@"$(ours)" -m cpims.management.cli doctor $(both)

setup: ## everything for development, without starting anything
	$(need_python)
	@"$(PYTHON)" -B -m cpims.management.launch.prepare dev

test: setup ## every check and every test; ends non-zero if anything failed
	@exec "$(ours)" -m cpims.management.launch.verify all

lint: setup ## style and floors
	@exec "$(ours)" -m cpims.management.launch.verify lint

types: setup ## types of both languages
	@exec "$(ours)" -m cpims.management.launch.verify types

unit: setup ## tests without database and browser
	@exec "$(ours)" -m cpims.management.launch.verify unit

e2e: setup ## tests in a real browser
	@exec "$(ours)" -m cpims.management.launch.verify e2e

web: setup ## checks and tests of the web pages
	@exec "$(ours)" -m cpims.management.launch.verify web

bench: setup ## measure on many cases (CASES=100000, built once and kept), then each act of case work beside a save, then devices that fill themselves
	@"$(ours)" benchmarks/bench.py
	@"$(ours)" benchmarks/casework.py
	@"$(ours)" benchmarks/matching.py
	@exec "$(ours)" benchmarks/syncing.py

soak: setup ## kill it while it saves, tell SEEDS=5000 stories of devices, then run under load (SOAK_MINUTES=15)
	@"$(ours)" benchmarks/soak.py
	@"$(ours)" benchmarks/adversary.py
	@exec "$(ours)" benchmarks/endurance.py

lock: ## resolve the dependencies again (needs uv)
	@sh requirements/lock.sh

clean: ## remove what set-up made; the instances under var/ stay
	rm -rf "$(VENV)" web/node_modules web/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
