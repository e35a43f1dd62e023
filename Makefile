# The commands of the README. `make demo` and `make test` need Python >= 3.11 and nothing else.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: demo test check lab release lock sandbox

demo: .venv/installed sandbox
	$(BIN)/cs231n demo

test: .venv/installed sandbox
	$(BIN)/python -m pytest -m "not integration and not browser and not notebooks and not oracle and not security"

.venv/installed: pyproject.toml requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python must be 3.11 or newer. Say which: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# Only resolves again: addresses of package indexes stay out of the file.
lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --quiet -o requirements.lock
