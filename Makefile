# Two commands matter: `make demo` and `make test`. Everything they need comes from a package registry.
PYTHON ?= python3
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS = never

.PHONY: setup demo test check format bench explore drill-compromise gates mutants lock messages browser softhsm

setup: .venv/.ready

.venv/.ready: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

demo: setup
	$(BIN)/certify demo --data demo-data

# A test that hangs fails after ten minutes with the stacks of all threads; a module stays in one process, with its servers.
# In their order, not those with many tests first: the few long ones of real programs do not wait until the end. One
# process more than there are cores, since these wait for their programs.
test: setup browser softhsm check
	$(BIN)/pytest --numprocesses $$(( $$(getconf _NPROCESSORS_ONLN) + 1 )) --maxprocesses 4 --dist loadscope \
		--no-loadscope-reorder --timeout 600 --durations 12

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup
	$(BIN)/python -m tests.bench.bench

# Every state that a case, its record and the signer can reach together, within bounds; `make test` visits the nearest.
explore: setup
	$(BIN)/python -m tests.explorer

# The drill for a stolen label key, with the real programs on a temporary folder; prints its report.
drill-compromise: setup
	$(BIN)/python scripts/drill_compromise.py

# The browser journeys run in a system Chromium: as root on Debian it is installed, elsewhere you are told what to type.
browser:
	sh scripts/require_chromium.sh

# Keys in hardware are tested with SoftHSM, in the same way.
softhsm:
	sh scripts/require_softhsm.sh

# A maintainer's targets.
lock:
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet \
		--group dev pyproject.toml --output-file requirements.lock

messages:
	mkdir -p build
	$(BIN)/pybabel --quiet extract --mapping-file babel.cfg --keyword marked --no-location --no-wrap --sort-output \
		--output-file build/messages.pot .
	$(BIN)/pybabel --quiet update --input-file build/messages.pot --output-dir certify/locale --locale ru --no-wrap \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

# What must hold before an issue closes and is too slow, or too wide, for every change (security, gates G4, G6 and G8).
gates: setup
	CERTIFY_TEST_GATES=1 $(BIN)/pytest --numprocesses 2 --dist loadscope --timeout 1800 tests/pages/test_matrix.py \
		tests/pages/test_swapped_children.py tests/pages/test_api_as_described.py \
		tests/pages/test_hygiene_everywhere.py tests/pages/test_declared_permissions.py \
		tests/unit/certify/register/test_checking_cells.py tests/pages/test_same_work.py

# Whether the tests notice a changed rule: nightly, by hand; the report is docs/mutants.md.
mutants: setup
	$(BIN)/mutmut run
	$(BIN)/mutmut results
