# OmniChat needs Python 3.11+ (with venv) and make; the rest is installed into .venv.
# Every switch is an environment variable: see .env.example.

PYTHON ?= python3
PORT ?= 8000
ARGS ?=

BIN := .venv/bin
MANAGE := $(BIN)/python manage.py

# SQLite has one writer: more web processes would only wait for each other.
ON_POSTGRESQL := $(filter-out sqlite:%,$(firstword $(value DATABASE_URL)))
WEB_WORKERS ?= $(if $(ON_POSTGRESQL),2,1)
WEB_THREADS ?= 8
LIVE_WORKERS ?= 1
# The heartbeat file on a disk stalls the workers while the disk is busy.
WORKER_TMP := $(if $(wildcard /dev/shm/.),--worker-tmp-dir /dev/shm)

# Keys of the right form for the checks of `make lint`; they open nothing.
LINT_KEY := for-lint-only-0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ
PRODUCTION := DEMO=0 HTTPS=1 ALLOWED_HOSTS=example.org DATABASE_URL=sqlite://:memory: \
	SECRET_KEY=$(LINT_KEY)-1 JWT_KEY=$(LINT_KEY)-2 FIELD_ENCRYPTION_KEY=$(LINT_KEY)-3

UV := uv==0.13.9
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	$(ARGS)

# Set-up that two terminals may start at once, one after the other: flock(1) in Python.
LOCKED := mkdir -p var && exec $(PYTHON) -c 'import fcntl, os, sys; \
	lock = os.open("var/setup.lock", os.O_CREAT | os.O_RDWR); os.set_inheritable(lock, True); \
	fcntl.flock(lock, fcntl.LOCK_EX); os.execvp(sys.argv[1], sys.argv[1:])'

.DEFAULT_GOAL := help
.PHONY: bench help run web live worker test lint lock messages clean setup setup-dev database

help:
	@echo 'make run       everything on this machine with demo data: http://127.0.0.1:$(PORT)'
	@echo 'make web       one web process on PORT, for production'
	@echo 'make live      one process for live updates (sockets) on PORT, beside web'
	@echo 'make worker    one worker process, for production'
	@echo 'make test      the test suite; ARGS="-k name" goes to pytest'
	@echo 'make bench     measure speed on PostgreSQL; ARGS=--quick is shorter'
	@echo 'make lint      ruff, migrations, translations, production settings'
	@echo 'make messages  merge the texts of the source into locale/'
	@echo 'make lock      pin requirements*.txt again; ARGS=--upgrade takes newer versions'
	@echo 'make clean     remove what was built; the database in var/ stays'
	@echo 'PORT, DATABASE_URL and the variables of .env.example are honoured.'

# --- Run: the last line is one command that replaces the shell, so a signal to make ends it ----
run: setup
	@DEMO=1 exec $(MANAGE) demo --port $(PORT)

web: setup database
	@$(MANAGE) setup_token --if-needed
	exec $(BIN)/gunicorn omnichat.wsgi --bind 0.0.0.0:$(PORT) \
		--worker-class gthread --workers $(WEB_WORKERS) --threads $(WEB_THREADS) \
		--timeout 30 --graceful-timeout 30 --max-requests 5000 --max-requests-jitter 500 \
		--limit-request-line 8190 --limit-request-fields 64 --limit-request-field_size 8190 \
		$(WORKER_TMP) --no-control-socket

# Each process reads the events by itself, so a page may be connected to any of them. On SQLite
# there is one. SIGTERM: open pages are let go after 5 s and connect to the next process.
live: PORT := $(if $(filter file,$(origin PORT)),8001,$(PORT))
live: setup database
	@test $(LIVE_WORKERS) -eq 1 || test -n '$(ON_POSTGRESQL)' || \
		{ echo 'LIVE_WORKERS must be 1 on SQLite.'; exit 1; }
	exec $(BIN)/gunicorn omnichat.asgi:live --bind 0.0.0.0:$(PORT) \
		--worker-class asgi --workers $(LIVE_WORKERS) --timeout 30 --graceful-timeout 5 \
		--websocket-max-message-size 65536 \
		--limit-request-line 8190 --limit-request-fields 64 --limit-request-field_size 8190 \
		$(WORKER_TMP) --no-control-socket

worker: setup database
	exec $(MANAGE) run_worker

# --- Check ------------------------------------------------------------------------------------
test: setup-dev
	exec $(BIN)/python -m pytest $(ARGS)

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(PRODUCTION) $(MANAGE) makemigrations --check --dry-run
	@$(PRODUCTION) $(MANAGE) translations check
	@$(PRODUCTION) $(MANAGE) check --deploy --fail-level WARNING

# --- Measure ----------------------------------------------------------------------------------
bench: setup
	@exec $(BIN)/python -m bench $(ARGS)

# --- Maintain ---------------------------------------------------------------------------------
messages: setup
	$(MANAGE) translations update

lock: setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(UV)
	$(LOCK) requirements.in --output-file requirements.txt
	$(LOCK) requirements-dev.in --constraint requirements.txt --output-file requirements-dev.txt

clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis test-results var/static var/setup.lock
	rm -f locale/*/LC_MESSAGES/*.mo
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- Set up -----------------------------------------------------------------------------------
MO_FILES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))
STATIC_MANIFEST := $(or $(STATIC_ROOT),var/static)/staticfiles.json
STATIC_SOURCES := $(filter-out var/%,$(shell find static */static -type f 2>/dev/null))

setup:
	@$(LOCKED) $(MAKE) --silent --no-print-directory .venv/.runtime $(MO_FILES) $(STATIC_MANIFEST)

setup-dev:
	@$(LOCKED) $(MAKE) --silent --no-print-directory .venv/.dev $(MO_FILES) $(STATIC_MANIFEST)

database: setup
	@$(LOCKED) $(MANAGE) migrate --noinput

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed; name one with PYTHON=...")'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv .venv
	@touch $@

.venv/.runtime: requirements.txt .venv/.made
	@echo 'Installing $< (about a minute the first time)'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.runtime
	@echo 'Installing $< (about a minute the first time)'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

locale/%/LC_MESSAGES/django.mo: locale/%/LC_MESSAGES/django.po .venv/.runtime
	@$(MANAGE) translations build
	@touch $@

# After the .mo files: with -j the two would make the same keys in var/ at once. Redoc and the
# browsable API are not used, and compressing their files would take longer than all the rest.
$(STATIC_MANIFEST): .venv/.runtime $(STATIC_SOURCES) | $(MO_FILES)
	@$(MANAGE) collectstatic --noinput --verbosity 0 --ignore redoc --ignore rest_framework
	@touch $@
