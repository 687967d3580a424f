# make pack  builds the review pack of the sample company;  make test  runs the test suite.  Both set everything up first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SETUP := $(VENV)/.setup
SOURCES := $(shell git ls-files -co --exclude-standard -- lib notebooks params build.py 2>/dev/null)
TESTED := $(SOURCES) $(shell git ls-files -co --exclude-standard -- tests docs scripts README.md environment.yml pyproject.toml 2>/dev/null)

.PHONY: setup pack test test-slow lint lock clean
.DELETE_ON_ERROR:
# Kernels start twice as fast with compiled modules.
unexport PYTHONDONTWRITEBYTECODE

setup: $(SETUP)

$(SETUP): requirements.lock pyproject.toml scripts/pango.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; name another one: make PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing; on Debian and Ubuntu: apt-get install -y python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python scripts/pango.py
	$(BIN)/python -m salesreview.exhibits.fonts
	@touch $@

pack: reports/.pack
	@cat reports/.pack

reports/.pack: $(SETUP) $(SOURCES)
	$(BIN)/python build.py --period H1
	@ls -td reports/*/manifest.json | head -1 | sed 's|/manifest.json||; s|^|The review pack lies in |' > $@

test: $(VENV)/.tested
	@echo "The tests passed for these files; make -B test runs them again."

$(VENV)/.tested: $(SETUP) $(TESTED)
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not slow" tests
	$(BIN)/python -m pytest -q -n 2 --dist loadfile --nbval-lax notebooks
	@touch $@

test-slow: $(SETUP)
	@if command -v npm >/dev/null; then npm ci --silent --no-audit --no-fund --ignore-scripts --prefix tests/browser || echo "axe-core and vnu cannot be installed: their tests are skipped"; fi
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m slow tests

lint: $(SETUP)
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

# Needs uv; writes the hashed lock for all platforms from pyproject.toml.
lock:
	uv pip compile pyproject.toml --extra test --universal --python-version 3.11 --generate-hashes --no-header -o requirements.lock

clean:
	rm -rf $(VENV) reports/*/ reports/.pack
