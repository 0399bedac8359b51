# OneMap: what a person types. `make` alone lists the targets. Windows: packaging\setup.ps1, then .venv\Scripts\onemap.exe

PY := .venv/bin/python
PYTEST := QT_QPA_PLATFORM=offscreen $(PY) -m pytest
SEARCHING := --hypothesis-profile=searching
# Tests of one file stay in one process; those that start real processes come last, two files at a time.
CAP := timeout --foreground --kill-after=20
UV_VERSION := 0.13.9
BENCHMARKS := start map intake feed ui recommend addresses jobs

.PHONY: help setup demo test test-full lint bench format lock clean words-of-qt

help:
	@echo "make setup      system packages, .venv and the locked Python packages"
	@echo "make demo       the same, then service, simulator and console on the fictional town (ARGS='--seed 7')"
	@echo "make test       the same, then the whole suite, offscreen"
	@echo "make test-full  the suite with the slow tests"
	@echo "make lint       style, types, import contracts, layout rules"
	@echo "make bench      our figures beside the peers' (writes bench-*.json)"
	@echo "make format     put the sources into the house format"
	@echo "make lock       make packaging/requirements.lock anew from pyproject.toml"
	@echo "make words-of-qt  compile the words that the Chinese of Qt lacks"
	@echo "make clean      remove .venv and every cache"

setup:
	@sh packaging/setup.sh setup

demo:
	@sh packaging/setup.sh demo
	.venv/bin/onemap demo $(ARGS)

test:
	@sh packaging/setup.sh test
	$(CAP) 1800 env $(PYTEST) -n 2 --dist loadfile -m "not end2end and not slow" $(ARGS)
	$(CAP) 1200 env $(PYTEST) -n 2 --dist loadfile -m "end2end and not slow" $(ARGS)

test-full:
	@sh packaging/setup.sh test
	$(CAP) 1800 env $(PYTEST) $(SEARCHING) -n 2 --dist loadfile -m "not end2end" $(ARGS)
	$(CAP) 1800 env $(PYTEST) $(SEARCHING) -n 2 --dist loadfile -m end2end $(ARGS)

# All checks run, however many of them fail. The second mypy has the types of Windows: whatever is POSIX only is an error.
lint:
	@sh packaging/setup.sh setup
	@failed=; check() { echo "$$*"; "$$@" || failed=1; }; \
	check $(PY) -m ruff check .; \
	check $(PY) -m ruff format --check .; \
	check $(PY) -m mypy; \
	check $(PY) -m mypy packaging/check_layout.py; \
	check $(PY) -m mypy --platform win32 --no-warn-unreachable --cache-dir .mypy_cache/windows \
		-p console -p client -p widgets -p layers; \
	check .venv/bin/lint-imports; \
	check $(PY) packaging/check_layout.py; \
	test -z "$$failed"

bench:
	@sh packaging/setup.sh setup
	for name in $(BENCHMARKS); do $(PY) -m benchmarks.$$name --json bench-$$name.json || exit 1; done

format:
	@sh packaging/setup.sh setup
	$(PY) -m ruff check --fix --exit-zero .
	$(PY) -m ruff format .

# uv resolves for every platform at once and is needed for nothing else, so it gets a throw-away place of its own.
lock:
	@sh packaging/setup.sh setup
	test -x build/uv/bin/uv || { $(PY) -m venv build/uv && build/uv/bin/python -m pip install --quiet uv==$(UV_VERSION); }
	build/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --extra dev \
		--no-emit-index-url --custom-compile-command "make lock" pyproject.toml -o packaging/requirements.lock

# Words Qt's own Chinese lacks, as Qt reads them.
words-of-qt:
	@sh packaging/setup.sh setup
	.venv/bin/pyside6-lrelease -silent resources/qt/lacking_zh_CN.ts -qm resources/qt/lacking_zh_CN.qm

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info .setup.lock
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
