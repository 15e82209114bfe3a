# make book and make test set up everything they need, in .venv. make help lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help book test lint serve pdf site live chapters outputs notebooks lock clean lab bench setup-book setup-test setup-lab

PORT ?= 8000
VENV := .venv/bin
export PYTHON

help: ## list what make can do
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup-book:
	@tools/setup.sh book

setup-test:
	@tools/setup.sh test

setup-lab:
	@tools/setup.sh lab

book: setup-book ## execute what changed and build the book into _build/html
	@$(VENV)/python -m tools.book --port $(PORT)

serve: setup-book ## show the built book to this machine only (PORT=8000)
	@$(VENV)/python -m tools.serve --port $(PORT)

pdf: setup-test ## print the whole book into _build/nnedu.pdf
	@$(VENV)/python -m tools.book --port $(PORT)
	@$(VENV)/python -m tools.pdf

site: book ## the book as a folder and as a zip, for any static host
	@$(VENV)/python -m tools.site

live: book ## let the book's cells run without a network: Pyodide into the built book (FROM=folder)
	@$(VENV)/python -m tools.live_code.pyodide $(if $(FROM),--from "$(FROM)")

lab: setup-lab ## open the chapters and lessons in JupyterLab
	@$(VENV)/jupyter lab

test: setup-test ## lint, execute the chapters, build the book strictly, run every test
	@$(VENV)/python -m tools.check

lint: setup-test ## ruff and mypy
	@$(VENV)/python -m tools.check --only lint

chapters: setup-book ## execute the chapters that changed, without building the book
	@$(VENV)/python -m tools.chapters

outputs: setup-book ## store the outputs that nbval compares in the chapters (then read the diff)
	@$(VENV)/python -m tools.chapters --store

notebooks: setup-book ## put every notebook into normal form
	@$(VENV)/python -m tools.notebooks --fix

lock: setup-test ## renew requirements.lock from pyproject.toml
	@$(VENV)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock uv
	@$(VENV)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-emit-index-url \
	  --custom-compile-command "make lock" --extra all --extra dev pyproject.toml --output-file requirements.lock
	@echo "requirements.lock renewed; run make test before you commit it"

clean: ## remove what was built; .venv stays
	rm -rf _build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

bench: setup-test ## time steps and epochs beside the frameworks, and append to benchmarks/history
	@$(VENV)/python -m benchmarks.optimizer_step
	@$(VENV)/python -m benchmarks.optimizer_step --growth
	@$(VENV)/python -m benchmarks.one_epoch
	@$(VENV)/python -m benchmarks.report
