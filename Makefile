# Everything a person does with a checkout. Each target sets up what it needs first; .venv holds
# it, and nothing outside this folder is touched but, for root on Debian, missing system packages.
#
#   PYTHON=PATH    the Python to use instead of the first of 3.11 or newer
#   PORT=NUMBER    where `make run` serves
#   LOCAL_MODEL=1  `make run` with needle-3, a small real model on this machine
#   CHROMIUM=PATH  the browser the tests drive
#   ARGS='…'       given on to pytest, or to the benchmark, e.g. 'people --minutes 30'

PORT ?= 8501
ARGS ?=
VENV := .venv/bin
# Two processes: one drives the browser, the other runs the rest.
PYTEST := $(VENV)/pytest --numprocesses=2 --dist=loadfile
export PYTHON

# Under CI a browser that is missing is a failure; elsewhere its tests are skipped and say so.
ifeq ($(CI),true)
export ROUNDTRIP_REQUIRE_BROWSER := 1
endif

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test test-all interop check format bench lock lock-interop clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/make \1\t\2/p' Makefile | expand -t 20

setup: ## what running needs, into .venv
	@scripts/setup $(if $(filter 1,$(LOCAL_MODEL)),requirements-local.lock,requirements.lock)

setup-dev: ## what running, testing and checking need, into .venv
	@scripts/setup requirements-dev.lock

run: setup ## the app, on http://127.0.0.1:8501 (PORT=… for another)
	@exec $(VENV)/streamlit run app.py --server.port $(PORT)

test: setup-dev ## the tests, counts sampled, within 10 minutes; the seed is printed
	@chromium=$$(scripts/browser) && \
	env $${chromium:+CHROMIUM="$$chromium"} $(PYTEST) $(ARGS)

test-all: export ROUNDTRIP_REQUIRE_BROWSER := 1
test-all: setup-dev ## the tests, every count in full, within 60 minutes; needs a browser
	@chromium=$$(scripts/browser) && \
	env $${chromium:+CHROMIUM="$$chromium"} $(PYTEST) --full $(ARGS)

interop: setup ## other people's clients against the simulator; installs them into .venv-interop
	@scripts/interop $(ARGS)

check: setup-dev ## format, lint and types; changes nothing
	$(VENV)/ruff format --check .
	$(VENV)/ruff check .
	$(VENV)/mypy

format: setup-dev ## format, and mend what lint can mend
	$(VENV)/ruff format .
	$(VENV)/ruff check --fix .

bench: setup-dev ## the measurements the design's numbers come from (ARGS='people --minutes 30')
	@$(VENV)/python -m tests.bench $(ARGS)

lock: setup-dev ## both lock files anew from pyproject.toml (ARGS=--upgrade for newer versions)
	@scripts/lock $(VENV)/python $(ARGS)

lock-interop: setup-dev ## the lock files of `make interop` anew
	@scripts/lock $(VENV)/python --interop $(ARGS)

clean: ## remove what the targets above made; a person's runs and tools stay
	rm -rf .venv .venv-interop build dist *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
