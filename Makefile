# make now   set everything up and run "collect now" on the example county
# make test  every check: tests, ruff, mypy --strict, import-linter
# make bench the measurements (minutes; prints ratios)
# make lock  renew the lock files (hashes, no addresses) after a change in pyproject.toml

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: now test bench lock clean

now: .venv/run.stamp
	@test -d inbox || cp -R examples/inbox inbox
	@$(BIN)/collect now --config config.toml

test: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n 2 --dist worksteal

bench: .venv/dev.stamp
	$(PIP) --require-hashes -r requirements-bench.lock
	for each in bench/[a-z]*.py; do $(BIN)/python -m bench.$$(basename $$each .py) || exit 1; done

lock: .venv/dev.stamp
	for name in build dev bench; do \
		$(BIN)/uv pip compile pyproject.toml --group $$name $$([ $$name = build ] || echo --extra postgres --extra notify) \
			--universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
			--no-emit-find-links --quiet -o requirements$$([ $$name = build ] || echo -$$name).lock || exit 1; \
	done
	$(BIN)/pybabel compile -d collector/locale -l zh_CN

.venv/run.stamp: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "正在安装运行所需的软件包,第一次要几分钟……"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: requirements-dev.lock .venv/run.stamp
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

clean:
	rm -rf .venv data inbox reports_out
