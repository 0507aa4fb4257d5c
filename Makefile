# `make help` lists what can be done. Everything is installed into .venv, nothing outside of it.

# make PYTHON=/path/to/python … decides which one .venv is made with.
PYTHON =
PYTHONS = $(or $(PYTHON),python3.13 python3.12 python3.11 python3)
BIN = .venv/bin
PIP = $(BIN)/pip install --quiet --disable-pip-version-check
LOCK = build/uv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--extra postgres --generate-hashes --no-emit-index-url --custom-compile-command 'make lock'

.DELETE_ON_ERROR:
.PHONY: help run test lint audit bench chaos fuzz before-after ablation scenes texts tensorflow train evaluate lock clean

help: ## Say what can be done
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile | expand -t 20

# The bot runs without docstrings (-OO): the imports are quicker, and it takes 11 MB less.
run: .venv/serve ## Start the bot; without a token in TELEGRAM_BOT_TOKEN or .env, the playground (ARGS="--port 8085")
	@if [ -n "$$TELEGRAM_BOT_TOKEN" ] || grep -Eqs "^(export )? *TELEGRAM_BOT_TOKEN *= *[\"']?[^\"' ]" .env; \
	then exec $(BIN)/python -OO -m bot run; \
	else exec $(BIN)/digitbot playground $(ARGS); \
	fi

test: .venv/dev ## Run all tests (ARGS="-k pool" for some)
	$(BIN)/pytest -rs $(ARGS)

lint: .venv/dev ## Check style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy -p bot -p model -p bench -p scripts -p tests

audit: .venv/dev ## Look for known vulnerabilities in what is pinned (needs the network, or says so)
	$(BIN)/python -m scripts.audit

bench: .venv/dev ## Measure speed and memory beside the usual ways
	$(BIN)/python -m bench

chaos: .venv/dev ## Kill, flood and cut off the bot, and count its answers (ARGS="kill --seed 2")
	$(BIN)/python -m bench.chaos $(ARGS)

fuzz: .venv/dev ## Look for files that the decoder chokes on (ARGS="-max_total_time=600")
	$(BIN)/python -m bench.fuzz $(ARGS)

before-after: .venv/dev ## Accuracy of the usual recipe and ours (ARGS="--mnist FILE --data FOLDER")
	$(BIN)/python -m bench.before_after $(ARGS)

ablation: .venv/dev ## What each part of the pipeline is worth (ARGS="--data FOLDER")
	$(BIN)/python -m bench.ablation $(ARGS)

scenes: .venv/dev ## Digits in bad light, on notes, in circles and in cells (ARGS="--mnist FILE")
	$(BIN)/python -m bench.scenes $(ARGS)

texts: .venv/dev ## Collect what the bot says into bot/texts/catalogues, for translators
	$(BIN)/python -m scripts.texts

tensorflow: .venv/train ## Install what /train and digitbot train need, and train nothing yet

train: .venv/train ## Train a model (ARGS="--epochs 30", see digitbot train --help)
	$(BIN)/digitbot train $(ARGS)

evaluate: .venv/serve ## Measure a model (ARGS="--data FILE.npz")
	$(BIN)/digitbot evaluate $(ARGS)

lock: build/uv ## Pin what pyproject.toml asks for in requirements*.txt (ARGS=--upgrade for the newest)
	$(LOCK) $(ARGS) --extra train --extra dev --output-file requirements-dev.txt
	$(LOCK) --extra train --constraint requirements-dev.txt --output-file requirements-train.txt
	$(LOCK) --constraint requirements-dev.txt --output-file requirements.txt

clean: ## Remove what make and the tools made, .venv included; data/ stays
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# A Python counts if it starts (version managers put dead ones on the PATH) and can make a venv.
.venv/pyvenv.cfg:
	@for python in $(PYTHONS); do \
		if "$$python" -c 'import sys, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
			2>/dev/null; \
		then echo "Making .venv with $$("$$python" -V)"; exec "$$python" -m venv .venv; fi; \
		tried="$$tried $$python ($$("$$python" -V 2>/dev/null || echo absent))"; \
	done; \
	echo "DigitBot needs Python 3.11, 3.12 or 3.13 with venv (Debian: apt install python3-venv)." \
		"Tried:$$tried. Say where one is: make PYTHON=/path/to/python" >&2; exit 1

# Stamps: what is installed, as of which version of the requirements.
.venv/serve: requirements.txt
.venv/train: requirements-train.txt
.venv/dev: requirements-dev.txt
.venv/serve .venv/train .venv/dev: .venv/pyvenv.cfg pyproject.toml
	@echo "Installing $(filter requirements%,$^) into .venv (the first time takes minutes)"
	@$(PIP) --requirement $(filter requirements%,$^)
	@$(PIP) --no-deps --editable .
	@touch $@

build/uv: .venv/pyvenv.cfg
	$(BIN)/python -m venv build/uv
	build/uv/bin/pip install --quiet --disable-pip-version-check uv
