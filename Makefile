# What one types most. PYTHON=... uses another interpreter than that of scripts/test.
VENV ?= .venv-test
PYTHON ?= $(VENV)/bin/python

.PHONY: help test quick lint docs site bench

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*##/ -/'

test:  ## make the environment, lint, check types, run all tests
	TEXTRANSFER_VENV=$(VENV) ./scripts/test

quick:  ## after a first make test: the tests that take less than a few seconds each
	$(PYTHON) -m pytest -q -n auto -m "not slow"

lint:  ## style, format and types
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy

docs:  ## write the tables from their records, then run what the documents say
	$(PYTHON) benchmarks/tables.py
	$(PYTHON) scripts/commands.py
	$(PYTHON) -m pytest -q tests/test_docs.py

site:  ## the documents as a site in build/site, warnings as errors
	$(PYTHON) scripts/build_site.py

bench: build/bench.txt  ## a minute of the speed benchmark: ours against gensim, on the bundled reviews repeated
	$(PYTHON) benchmarks/speed.py $< --repeats 1 --whole-repeats 0 --cases "1 thread"

build/bench.txt: corpora/unlabeled.txt
	mkdir -p build
	for _ in $$(seq 500); do cat $<; done > $@
