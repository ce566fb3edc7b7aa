# make now   set everything up and run "collect now" on the example county
# make postgres  the driver of PostgreSQL, for who keeps the data there or runs a fleet
# make test  every check: tests, ruff, mypy --strict, import-linter
# make soak  the service killed, starved of disk, locked out (shortened; the long run: python -m tests.soak [--fleet]); random inputs by the hundred
# make bench the measurements (hours; prints ratios, and at the end which goals do not hold)
# make lock  renew the lock files (hashes, no addresses) after a change in pyproject.toml
# make wheels / make wheels-windows  the folder from which a PC without internet installs (docs/使用手册.md, 17.2)

# Tests start many processes: what is compiled for them is kept, beside the packages and not in the folders of the sources.
COMPILED := PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX=$(CURDIR)/.venv/compiled
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: now postgres test schema soak bench lock wheels wheels-windows clean

now: .venv/run.stamp
	@test -d inbox || cp -R examples/inbox inbox
	@$(BIN)/collect now --config config.toml
	@echo "示例县的网页：运行 $(BIN)/collect web --config config.toml，浏览器会打开 http://127.0.0.1:8720/，按 Ctrl+C 停止"

# The driver of PostgreSQL; and what a fleet on it needs besides: the queue, the object store.
postgres: .venv/run.stamp
	@$(PIP) --require-hashes -r requirements-postgres.lock
	@echo "PostgreSQL 的驱动装好了，怎么用见 docs/使用手册.md 12.3"

test: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(COMPILED) $(BIN)/pytest -n 3 --dist worksteal

# The keys of new figures come into docs/summary.schema.json, those of the interface into docs/openapi.json.
schema: .venv/dev.stamp
	$(BIN)/python -m tests.reports.schema
	$(BIN)/python -m collector.doors.api.openapi > docs/openapi.json

soak: .venv/dev.stamp
	$(COMPILED) $(BIN)/pytest -m slow -n 2
	$(COMPILED) BAOKUAN_FUZZ=200 $(BIN)/pytest -m hypothesis -n 2

bench: .venv/dev.stamp
	$(PIP) --require-hashes -r requirements-bench.lock
	missed=; for each in bench/[a-z]*.py; do \
		name=$$(basename $$each .py); echo "== $$name"; $(COMPILED) $(BIN)/python -m bench.$$name || missed="$$missed $$name"; \
	done; test -z "$$missed" || { echo "with goals that do not hold:$$missed"; exit 1; }

lock: .venv/dev.stamp
	lock() { $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --quiet --extra notify "$$@"; }; all="--extra mcp --extra parquet --extra fleet"; \
	lock --group build -o requirements.lock && lock --group build --extra fleet -o requirements-postgres.lock && \
	lock --group dev $$all -o requirements-dev.lock && lock --group bench $$all -o requirements-bench.lock
	$(BIN)/pybabel compile -d collector/locale -l zh_CN

# Folders from which a PC without internet installs: one for a machine like this with this Python, one for Windows and
# the Python there (make wheels-windows WINDOWS_PYTHON=3.13). What the lock says of other systems is told by uv.
WINDOWS_PYTHON ?= 3.12
LOAD := -m pip download --quiet --disable-pip-version-check --require-hashes --only-binary :all:
OWN := -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation .

wheels: .venv/run.stamp
	@rm -rf $@ && mkdir $@ && cp requirements.lock requirements-postgres.lock $@/
	@$(BIN)/python $(LOAD) -r $@/requirements-postgres.lock --dest $@
	@$(BIN)/python $(OWN) --wheel-dir $@
	@echo "已备好文件夹 $@，复制到没有网络的电脑上安装"

wheels-windows: .venv/dev.stamp
	@rm -rf $@ && mkdir $@
	@for name in requirements requirements-postgres; do \
		$(BIN)/uv pip compile $$name.lock --python-platform x86_64-pc-windows-msvc --python-version $(WINDOWS_PYTHON) \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet -o $@/$$name.lock || exit 1; \
	done
	@$(BIN)/python $(LOAD) -r $@/requirements-postgres.lock --dest $@ --platform win_amd64 --python-version $(WINDOWS_PYTHON)
	@$(BIN)/python $(OWN) --wheel-dir $@
	@echo "已备好文件夹 $@（Python $(WINDOWS_PYTHON)），复制到没有网络的电脑上安装"

.venv/run.stamp: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "正在安装运行所需的软件包，第一次要几分钟……"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: requirements-dev.lock .venv/run.stamp
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

clean:
	rm -rf .venv data inbox reports_out wheels wheels-windows
