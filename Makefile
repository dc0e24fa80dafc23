# provenn: `make help` lists the targets. Each sets up what it needs.

NEW_ENOUGH := 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13; do \
  $$p -c $(NEW_ENOUGH) 2>/dev/null && command -v $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
OUT := build/demo
THEORIES := $(shell find theories -name '*.v' ! -name Extraction.v | LC_ALL=C sort)
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test bench coq extraction checker lint links trust assumptions wheel clean apt

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/bin/python:
	@test -n "$(PYTHON)" && $(PYTHON) -c $(NEW_ENOUGH) || \
	  { echo "Python 3.11 or newer is needed; name one with make PYTHON=... (found: $(PYTHON))" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "On Debian: apt-get install python3-venv" >&2; rm -rf $(VENV); exit 1; }

$(VENV)/.core: pyproject.toml | $(VENV)/bin/python
	@echo "installing provenn into $(VENV)"
	@$(BIN)/pip install -qq --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	@echo "installing provenn and its development tools into $(VENV)"
	@$(BIN)/pip install -qq --disable-pip-version-check -e '.[dev]'
	@touch $(VENV)/.core $@

apt:
	@bash .ci/apt $$(cat apt.txt)

checker: $(VENV)/.core ## compile the committed, extracted checker (needs OCaml, not Coq)
	@command -v ocamlopt >/dev/null || bash .ci/apt ocaml-nox
	@$(BIN)/python -m compileall -q src  # quicker starts where PYTHONDONTWRITEBYTECODE is set
	@$(BIN)/python -c 'from provenn.verify.checker import find; print("checker:", find())'

demo: checker ## verify two bundled networks, check the certificate, write reports
	@mkdir -p $(OUT)
	@echo; echo "== A network that provably keeps its answer: mlp.onnx, mlp_robust.vnnlib"
	@$(BIN)/provenn verify examples/digits/mlp.onnx examples/digits/mlp_robust.vnnlib \
	  --timeout 60 --certificate $(OUT)/mlp_robust.cert --report $(OUT)/mlp_robust.html
	@echo; echo "== The same certificate, checked again on its own"
	@$(BIN)/provenn check examples/digits/mlp.onnx examples/digits/mlp_robust.vnnlib $(OUT)/mlp_robust.cert
	@echo; echo "== A network that can be fooled: conv.onnx, conv_fooled.vnnlib"
	@$(BIN)/provenn verify examples/digits/conv.onnx examples/digits/conv_fooled.vnnlib \
	  --timeout 60 --report $(OUT)/conv_fooled.html | sed -n '1,8p;$$s/^.*$$/ .../p'
	@echo; echo "Reports, to be opened in a browser:"; ls $(OUT)/*.html

coq: apt ## compile the proofs
	@coq_makefile -f _CoqProject $(THEORIES) -o Makefile.coq
	@$(MAKE) --no-print-directory -f Makefile.coq -j2

extraction: coq ## extract the checker again and compare it with the committed files
	@rm -rf build/extracted && mkdir -p build/extracted/slow build/extracted/float
	@cd build/extracted && coqc -R ../../theories Provenn -w none ../../theories/Extraction.v
	@diff -rq build/extracted checker/extracted || { echo "The committed extraction is not that of theories/." \
	  "If the change is meant: cp -r build/extracted/. checker/extracted/" >&2; exit 1; }
	@echo "the extraction is the committed one, byte for byte"

assumptions: coq
	@mkdir -p build
	@cp src/provenn/coq/headlines.v build/Headlines.v
	@cd build && coqc -R ../theories Provenn -w none Headlines.v > assumptions.txt

trust: assumptions $(VENV)/.core ## write TRUST.md from the ops and from Coq's Print Assumptions
	@cp build/assumptions.txt src/provenn/coq/assumptions.txt
	@$(BIN)/python -m provenn.coq.trust > TRUST.md && echo "TRUST.md is written"

links: $(VENV)/.core ## write theories/Facets/Links.v from the lemmas that the ops name
	@mkdir -p build
	@$(BIN)/python -m provenn.coq.links > build/Links.v && mv build/Links.v theories/Facets/Links.v

lint: $(VENV)/.dev ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/mypy

test: extraction assumptions $(VENV)/.dev lint ## everything: proofs, extraction, ruff, mypy, pytest
	@diff build/assumptions.txt src/provenn/coq/assumptions.txt || { echo "Run make trust." >&2; exit 1; }
	@$(BIN)/python -m compileall -q src
	@$(BIN)/python -m pytest -n 2 -q

bench: checker ## run the VNN-COMP instances in ../shared and print the table
	@$(BIN)/python benchmarks/vnncomp.py

wheel: $(VENV)/.core ## build the wheel with the compiled checker inside, into dist/
	@$(BIN)/pip wheel -qq --disable-pip-version-check --no-deps -w dist . && ls dist/*.whl

clean: ## remove what was built, not the virtual environment
	@rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis Makefile.coq Makefile.coq.conf .Makefile.coq.d
	@find theories \( -name '*.vo*' -o -name '*.glob' -o -name '.*.aux' \) -delete
