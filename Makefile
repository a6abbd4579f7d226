# The commands of the project. Each does all its own set-up: on a bare machine, Python 3.11 and make suffice.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 5006

# Tests and benches start hundreds of processes: where the machine says not to keep bytecode, each would compile all anew.
export PYTHONDONTWRITEBYTECODE =

.PHONY: demo test test-hostile test-all lint bench docs screenshots clean

demo: .make/system .make/package
	$(BIN)/twin demo --home demo-home --port $(PORT)

test: .make/browser .make/development
	$(BIN)/python -m pytest -n 2 --dist loadscope

# 5 000 damaged and malicious files instead of the sample that `make test` takes: half an hour.
test-hostile: .make/development
	TWIN_HOSTILE=5000 $(BIN)/python -m pytest -n 2 --dist load tests/hostile

# Every kill of the kill test, every browser test: minutes more.
test-all: .make/browser .make/development
	TWIN_KILLS=200 TWIN_MONTH=600 $(BIN)/python -m pytest -n 2 --dist loadscope

lint: .make/development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m viewer.engine.build --check

bench: .make/system .make/development
	$(BIN)/pip install --quiet -e '.[bench]'
	$(BIN)/python -m bench

docs: .make/development
	$(BIN)/python -m twin.documentation

screenshots: .make/browser .make/development
	$(BIN)/python docs/screenshots.py

clean:
	rm -rf .make $(VENV) viewer/engine/dist viewer/engine/node_modules demo-home demo-deliveries

# --- set-up -----------------------------------------------------------------------------------------------------------

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed, found: $$($(PYTHON) --version)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { rm -rf $(VENV); echo "No virtual environment could be made: apt-get install python3-venv"; exit 1; }
	@$(BIN)/pip install --quiet --upgrade pip

.make/package: pyproject.toml viewer/engine/package-lock.json | $(BIN)/python
	@echo "Installing the twin into $(VENV) …"
	@$(BIN)/pip install --quiet -e .
	@mkdir -p .make && touch $@

.make/development: pyproject.toml viewer/engine/package-lock.json | $(BIN)/python
	@echo "Installing the twin and its development tools into $(VENV) …"
	@$(BIN)/pip install --quiet -e '.[test,lint]'
	@mkdir -p .make && touch $@

.make/system:
	@sh .ci/system-packages libegl1 libegl-mesa0 libgl1-mesa-dri libx11-6
	@mkdir -p .make && touch $@

.make/browser: .make/system
	@sh .ci/system-packages chromium gdal-bin fonts-dejavu-core mosquitto
	@mkdir -p .make && touch $@
