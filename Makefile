# The commands of the README. `make demo` and `make test` need Python >= 3.11 and nothing else.
# One thread: small products only get slower with more, above all where several processes share the cores.
export OPENBLAS_NUM_THREADS ?= 1

PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SLOW := integration or browser or notebooks or oracle or security or mutation or docs

.PHONY: demo test check check-style lab release integration security notebooks mutation browser oracle docs bench sandbox lock clean

demo: .venv/installed sandbox  ## grade a sample class end to end, into demo/
	$(BIN)/cs231n demo

test: .venv/installed sandbox  ## the tests; the slower suites have targets of their own
	$(PYTEST) -n auto -m "not ($(SLOW))"

check: test check-style  ## what CI does on every change

check-style: .venv/installed  ## format, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

lab: .venv/installed  ## JupyterLab on the student version
	$(BIN)/jupyter lab --notebook-dir=assignments

release: .venv/installed  ## solutions/ -> assignments/, through nbgrader
	$(BIN)/cs231n release

integration security notebooks: .venv/installed sandbox
	$(PYTEST) -m $@

mutation: .venv/installed sandbox
	$(PYTEST) -n auto -m mutation

browser: .venv/installed sandbox  ## needs Chromium
	$(PYTEST) -m browser tests/browser

oracle: .venv/installed  ## layers against PyTorch, which is needed nowhere else
	$(PIP) torch==2.13.0 || echo "PyTorch cannot be installed here: its tests are skipped."
	$(PYTEST) -m oracle tests/oracle

docs: .venv/installed  ## the site, in build/site; executes worked notebooks that changed
	$(BIN)/python tools/execute.py
	rm -rf docs/api  # pages of modules that are gone
	$(BIN)/sphinx-build --fail-on-warning --keep-going --quiet docs build/site
	$(PYTEST) -m docs tests/docs

bench: .venv/installed sandbox  ## our grading beside plain nbgrader, in one run
	$(BIN)/python benchmarks/grading.py

.venv/installed: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("Python must be 3.11 or newer. Name one: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(PIP) --require-hashes --requirement requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# Installs bubblewrap where this account may; elsewhere the grader says what protection there is.
sandbox:
	@command -v bwrap >/dev/null || tools/install-bubblewrap

lock:  ## resolve the dependencies anew; needs uv
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-strip-extras \
		--no-emit-index-url --no-emit-find-links --no-header --quiet --output-file requirements.lock

clean:
	rm -rf .venv build demo docs/api docs/worked gradebook.db .pytest_cache .mypy_cache .ruff_cache
