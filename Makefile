# Works with GNU make 3.81, which macOS still ships.

PORT ?= 8000
PYTHON ?=
# How many tests run at a time; 0 runs them one by one, in the process that was started.
WORKERS ?= auto

# Tried in this order; PYTHON=/path/to/python leaves only that one.
CANDIDATES := $(if $(PYTHON),$(PYTHON),python3 python3.14 python3.13 python3.12 python3.11)
# All that is needed is listed: to look for what else may be takes a quarter of the time.
LOCKED := --quiet --require-hashes --no-deps
PIP = .venv/bin/python -m pip --python $(1)/bin/python install $(LOCKED) --disable-pip-version-check --no-compile
# $(call installed,VENV,FILES): with uv, which takes a fifth of the time. It does not read pip's
# settings: where those name an index, where there is no uv or it gets nowhere, with pip.
installed = { [ -x .venv/bin/uv ] && ! .venv/bin/python -m pip config list | grep -q '[.]index-url=' \
	&& UV_HTTP_RETRIES=1 .venv/bin/uv pip install $(LOCKED) --python $(1)/bin/python $(2) 2>/dev/null \
	|| $(PIP) $(2); }
# Afterwards, on all cores, and without what hardly anybody imports.
COMPILE := .venv/bin/python -m compileall -q -j 0 -x '/(tests?|pip|mypyc?|scipy|sklearn|pygments|fontTools|huggingface_hub)/' .venv/lib >/dev/null || true
MANAGE := .venv/bin/python manage.py
LOCK := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-strip-extras --no-emit-index-url --no-header $(if $(UPGRADE),--upgrade)

# A deployment as the deploy check should see it: nothing of the user's own settings.
AS_DEPLOYED := env -u DEBUG -u PLAIN_HTTP -u CSRF_TRUSTED_ORIGINS -u LENS_FILE -u LOG_LEVEL -u LOG_FORMAT \
	-u CACHE_URL -u METRICS -u METRICS_HOST -u BIND_HOST \
	-u REQUIRE_MFA -u TRUSTED_PROXIES -u EMAIL_URL -u EMAIL_FROM -u SITE_URL -u DRAFT_DAYS \
	-u DATABASE_REPLICA_URL -u SECURITY_CONTACT -u RATE_API -u RATE_DOCUMENTS -u RATE_GUESSES -u RATE_MAILS \
	-u RATE_START -u RATE_SUGGEST -u RATE_WHATIF -u SUGGEST HSTS_SUBDOMAINS=1 HSTS_PRELOAD=1 \
	DJANGO_SETTINGS_MODULE=stackpick.settings ALLOWED_HOSTS=stackpick.example.org \
	DATABASE_URL=sqlite://:memory: \
	SECRET_KEY="$$(.venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(50))')"

# What the user has set stays as it is. DEBUG is decided by the target.
SERVE_HERE := PLAIN_HTTP=1 PORT=$(PORT) ALLOWED_HOSTS="$${ALLOWED_HOSTS:-127.0.0.1,localhost}"

# Servers, browsers and several processes at once can trip over a busy machine: what failed is asked
# once more, and what is wrong fails again (Hypothesis remembers its example).
# Compiled modules are kept: each process compiles and rewrites all tests otherwise.
RUN := env -u DATABASE_URL -u PYTHONDONTWRITEBYTECODE OPENBLAS_NUM_THREADS=1 .venv/bin/python -m
# Tests of one file stay together as far as they can: they share what is costly to make.
PYTEST := $(RUN) pytest -n $(WORKERS) --dist worksteal
# Each of these folders has a line of its own; to look into them for tests takes long.
ALL_BUT := $(foreach folder,browser faults scanning,--ignore tests/$(folder))
ON_SQLITE := $(PYTEST) $(ALL_BUT)
# A file at a time: its servers, pages and tabs are shared by its tests.
BROWSER := $(PYTEST) tests/browser --dist loadfile -m "not control"
# With a memory of its own of what failed: another part runs at the same time.
ON_POSTGRESQL := $(RUN) tests.postgres .venv/bin/python -m pytest --database-only $(ALL_BUT) \
	-o cache_dir=.pytest_cache/postgresql --output=var/test-results/postgresql --dist worksteal
# Two at a time: half of theirs is waiting. More of them would be in each other's way.
FAULTS := $(RUN) pytest tests/faults --timeout 600
SCAN := env -u DATABASE_URL .venv/bin/python -m pytest tests/scanning -n 0 --timeout 1800 \
	-p no:cacheprovider --output=var/test-results/scanning
ONCE_MORE := --last-failed --last-failed-no-failures none
NO_EXTRA := Going on without it: the kinds of changes will not be suggested. To try again: rm .venv/.suggest

.DEFAULT_GOAL := help
.PHONY: help install run dev test postgresql faults soak scan-quick scan scanners attackers audit mutants check check-types check-all-else format lock train bench bench-compare lighthouse observatory headroom screenshots samples clean again test-faults test-postgresql

help: ## Show what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(firstword $(MAKEFILE_LIST)) \
		| while IFS='|' read -r name text; do printf '  make %-11s %s\n' "$$name" "$$text"; done

install: .venv/.dev ## Make .venv with everything, for development and tests

run: .venv/.suggest var/secret_key .staticfiles.json ## Serve on 127.0.0.1:8000, as in production (PORT=8001 for another port)
	@export DEBUG=0 $(SERVE_HERE); set -e; \
	$(MANAGE) migrate --no-input --verbosity 0; \
	$(MANAGE) load_examples; \
	exec .venv/bin/gunicorn -c stackpick/gunicorn.conf.py stackpick.wsgi

dev: .venv/.dev var/secret_key ## Serve with DEBUG on, reloading when a file changes
	@export DEBUG=1 $(SERVE_HERE); set -e; \
	$(MANAGE) migrate --no-input; \
	$(MANAGE) load_examples; \
	exec $(MANAGE) runserver 127.0.0.1:$(PORT)

test: check ## Run `check`, all tests on SQLite, then the database tests on PostgreSQL
	$(ON_SQLITE) --cov || $(ON_SQLITE) $(ONCE_MORE)
	$(BROWSER) || $(BROWSER) $(ONCE_MORE)
	@$(MAKE) --no-print-directory -j2 test-faults test-postgresql
	$(FAULTS) $(ALONE) || $(FAULTS) $(ALONE) $(ONCE_MORE)

# Faults wait half of their time. One process beside them, whose words come when it has ended. The
# Observatory's scanner is no part of a check of each change: it has to be had first.
EACH_CHANGE := --ignore tests/faults/test_observatory.py -m "not control and not alone"
ALONE := -m "alone and not control" -n 0
test-faults:
	$(FAULTS) $(EACH_CHANGE) -n 2 --dist loadfile || $(FAULTS) $(EACH_CHANGE) -n 0 $(ONCE_MORE)

test-postgresql:
	@mkdir -p var; { $(ON_POSTGRESQL) -m queries -n 0 || $(ON_POSTGRESQL) -m queries -n 0 $(ONCE_MORE); } \
		>var/postgresql.log 2>&1; \
		status=$$?; cat var/postgresql.log; exit $$status

postgresql: .venv/.dev ## All cases of the database tests on PostgreSQL, with as many examples as a soak has
	STACKPICK_EXAMPLES=thorough $(ON_POSTGRESQL) -n $(WORKERS) --timeout 3600

faults: .venv/.dev ## Break things on purpose under load, as far as a check of each change can afford
	$(FAULTS) -n 2 --dist loadfile

soak: .venv/.dev ## The whole bench of faults, which writes docs/reliability.md anew (hours; PART="kill reload": only these)
	.venv/bin/python -m tests.faults.soak $(PART)

scan-quick: .venv/.dev scanners ## Read the code and the policies with Semgrep, Bandit and CSP Evaluator, seeded faults and all
	$(SCAN) --ignore tests/scanning/attacks --ignore tests/scanning/test_mutants.py

scan: .venv/.dev scanners attackers ## The same, and attack a server of our own with Wapiti and sqlmap (needs npm; 20 minutes)
	$(SCAN)

scanners: var/scanners/.made var/csp_evaluator/.made ## Lay out the scanners of code and policies under var/

attackers: var/attackers/.made ## Lay out what attacks a running server under var/

audit: scanners ## Ask for known faults in what is installed (needs the network; CONTRIBUTING says what it is worth)
	for file in base suggest dev; do var/scanners/bin/pip-audit --strict --require-hashes --disable-pip --requirement requirements/$$file.txt || exit 1; done

mutants: .venv/.dev scanners ## Break the scores, tokens, access and tables in each small way, and see that a test fails (20 minutes)
	env -u DATABASE_URL .venv/bin/python -m tests.mutants

check: .venv/.dev ## Check style, types, templates, migrations and the deployment settings
	@$(MAKE) --no-print-directory -j2 check-types check-all-else

# The longest first, and beside all others.
check-types:
	.venv/bin/mypy

check-all-else:
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/djlint --lint --quiet --profile=jinja templates/site
	.venv/bin/djlint --lint --quiet templates/desk
	$(AS_DEPLOYED) $(MANAGE) check --deploy --fail-level WARNING
	$(AS_DEPLOYED) $(MANAGE) makemigrations --check --dry-run

format: .venv/.dev ## Put the code in its one format
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

lock: .venv/.dev ## Compile requirements/ from pyproject.toml (UPGRADE=1 takes the newest versions)
	$(LOCK) pyproject.toml --output-file requirements/base.txt
	$(LOCK) pyproject.toml --extra dev --constraints requirements/base.txt --output-file requirements/dev.txt
	$(LOCK) pyproject.toml --extra suggest --constraints requirements/dev.txt --output-file requirements/suggest.txt
	$(LOCK) --group installer --output-file requirements/installer.txt
	$(LOCK) --group headroom --output-file requirements/headroom.txt
	$(LOCK) --group scanners --output-file requirements/scanners.txt
	$(LOCK) --group attackers --output-file requirements/attackers.txt

train: .venv/.dev ## Learn the kinds of changes anew from assessments/suggest/training/sentences.jsonl, and say how well (4 minutes)
	.venv/bin/python -m assessments.suggest.training

bench: .venv/.dev ## Measure everything beside a baseline in the same run: one table, kept under var/bench/ (PARTS="engine web"; the first time minutes and 6 GB for a million assessments)
	.venv/bin/python -m benchmarks $(foreach part,$(PARTS),--only $(part))

bench-compare: .venv/.dev ## Compare two runs of `bench` row by row (OLD=a.json NEW=b.json, or the last two)
	.venv/bin/python -m benchmarks.compare $(OLD) $(NEW)

lighthouse: .venv/.dev ## Look at the pages with Lighthouse, as on a telephone (needs npm)
	.venv/bin/python -m benchmarks.lighthouse

observatory: .venv/.dev ## Scan the pages with the MDN HTTP Observatory, over TLS (needs npm and openssl)
	.venv/bin/python -m benchmarks.observatory

headroom: .venv/.dev ## Measure what a small FastAPI and a small Go server answer, and keep the figures (Linux; needs go, wrk, PostgreSQL)
	.venv/bin/python -m benchmarks.headroom.measure

screenshots: .venv/.dev ## Take the pictures in docs/screenshots/ anew
	.venv/bin/python -m tests.browser.screenshots $(NAMES)

samples: .venv/.dev ## Write a sample of each format to docs/samples/ anew
	@$(AS_DEPLOYED) $(MANAGE) samples

clean: ## Remove .venv and caches; what is under var/ stays
	rm -rf .venv .staticfiles.json .mypy_cache .pytest_cache .ruff_cache .hypothesis htmlcov .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.made:
	@for candidate in $(CANDIDATES); do \
		"$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		if ! "$$candidate" -c 'import ensurepip, venv' 2>/dev/null; then \
			echo "$$candidate cannot make virtual environments: on Debian and Ubuntu, install the package python3-venv."; \
			exit 1; \
		fi; \
		echo "Making .venv with $$("$$candidate" --version)"; \
		rm -rf .venv && "$$candidate" -m venv .venv || exit 1; \
		$(call PIP,.venv) -r requirements/installer.txt 2>/dev/null \
			|| echo "Going on without uv: pip takes some minutes."; \
		touch $@; \
		exit; \
	done; \
	echo "StackPick needs Python 3.11 or newer, and found none of: $(CANDIDATES). Say where it is: make PYTHON=/path/to/python3"; \
	exit 1

.venv/.base: requirements/base.txt .venv/.made
	@echo "Installing $<"
	@$(call installed,.venv,-r $<)
	@$(COMPILE)
	@touch $@

# dev.txt and suggest.txt hold base.txt: at once, as pip takes long to look through what is there.
# Where the extra cannot be had, all but it.
.venv/.dev: requirements/dev.txt requirements/suggest.txt .venv/.made
	@echo "Installing requirements/dev.txt and requirements/suggest.txt"
	@$(call installed,.venv,-r requirements/dev.txt -r requirements/suggest.txt) || { $(call installed,.venv,-r requirements/dev.txt) && echo "$(NO_EXTRA)"; }
	@$(COMPILE)
	@touch .venv/.base .venv/.suggest $@

# An extra: not every machine has wheels for it, and all else works without. Tried once, not each time.
.venv/.suggest: requirements/suggest.txt .venv/.made
	@echo "Installing $<"
	@$(call installed,.venv,-r $<) || { $(call installed,.venv,-r requirements/base.txt) && echo "$(NO_EXTRA)"; }
	@$(COMPILE)
	@touch .venv/.base $@

# Environments of their own: what scanners need does not go with what StackPick needs, nor the one's
# with the other's.
var/%/.made: requirements/%.txt | .venv/.made
	@echo "Installing $<"
	@rm -rf var/$* && .venv/bin/python -m venv --without-pip var/$*
	@$(call installed,var/$*,-r $<)
	@touch $@

var/csp_evaluator/.made: $(wildcard tests/scanning/csp/*)
	@echo "Installing CSP Evaluator"
	@mkdir -p var/csp_evaluator && cp $^ var/csp_evaluator/
	@cd var/csp_evaluator && npm ci --quiet --ignore-scripts --no-audit --no-fund >/dev/null
	@touch $@

# Made once, readable to its owner only. Not needed when SECRET_KEY is set.
var/secret_key: | .venv/.made
	@mkdir -p var
	@if [ -z "$$SECRET_KEY" ]; then \
		umask 077; \
		.venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(50))' > $@.new; \
		mv $@.new $@; \
	fi

# Hashing and compressing takes seconds, so only when something changed. Folders are named
# too: their time changes when a file goes.
.staticfiles.json: .venv/.base $(shell find static 2>/dev/null) $(if $(wildcard var/static),,again)
	@echo "Collecting static files"
	@DEBUG=0 $(MANAGE) collectstatic --no-input --verbosity 0
