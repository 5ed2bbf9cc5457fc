# Nothing has to be done first: each target sets up what it needs in .venv, again only when the pins change.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
PINS := constraints.txt pyproject.toml

# Servers and programs the tests speak to, programs people fill and print forms with, what builds the blank form, and
# fonts made from people's hands.
PACKAGES := iproute2 dovecot-imapd dovecot-lmtpd postgresql qpdf poppler-utils openssl \
	gir1.2-poppler-0.18 python3-gi pdftk-java ghostscript mupdf-tools libreoffice-writer libreoffice-draw python3-uno \
	libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core fonts-liberation \
	fonts-dkg-handwriting fonts-breip fonts-rufscript fonts-humor-sans fonts-bwht fonts-sjfonts \
	fonts-femkeklaver fonts-kristi libheif-examples

# pdf.js and pdf-lib, to fill the form as Firefox and web pages do: only where there is npm.
PDFJS := $(if $(shell command -v npm),tests/parsers/fill/node_modules)

# The whole suite on every core, at most four; the tests of a file stay in one worker. Those that ARGS names need none.
WORKERS := -n auto --maxprocesses 4 --dist loadfile

.PHONY: help demo test check bench bench-faults bench-crash bench-forms bench-mail bench-lists fuzz packages learn learn-encoder lock clean
.DELETE_ON_ERROR:

help:
	@echo 'make demo      the whole loop on this machine; make demo ARGS=--exit ends when the story is told'
	@echo 'make test      every test; make test ARGS=tests/test_settings.py for some'
	@echo 'make check     lint, format, types and import rules'
	@echo 'make bench     the measured promises; ARGS=--smoke only sees that it works, ARGS="--only sqlite" a part'
	@echo 'make bench-crash  killed 1,000 times on each database: nothing lost, nothing twice; ARGS=--smoke a few times'
	@echo 'make bench-forms  how well returned forms are read; ARGS=--smoke one of each way they come back'
	@echo 'make bench-mail  what is promised of reading and deciding mails'
	@echo 'make bench-lists  the digest and review list for 25, 250 and 2,500 referrals; ARGS=--smoke for 20'
	@echo 'make fuzz      200,000 mutated mails; make fuzz ARGS="--mails 20000 --seed 7"'
	@echo 'make bench-faults  bad days, one fault after another; ARGS=--smoke some of them'
	@echo 'make learn     config/words/likeness.toml anew, from the examples in tests/corpus/words'
	@echo 'make learn-encoder  the language model in config/words anew, from the same: gigabytes of libraries and an hour'
	@echo 'make packages  the Debian packages the tests use, as root or by sudo'
	@echo 'make lock      constraints.txt anew, from pyproject.toml'
	@echo 'make clean     away with what make made'

demo: $(VENV)/demo.stamp
	@$(BIN)/mailbot demo $(ARGS)

test: $(VENV)/dev.stamp packages $(PDFJS)
	$(BIN)/python -m pytest $(or $(ARGS),$(WORKERS))

check: $(VENV)/dev.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports

bench-mail: $(VENV)/dev.stamp
	$(BIN)/python -m bench.mail $(ARGS)

bench-lists: $(VENV)/dev.stamp
	$(BIN)/python -m bench.lists $(ARGS)

bench-faults: $(VENV)/dev.stamp packages
	$(BIN)/python -m bench.faults $(ARGS)

fuzz: $(VENV)/dev.stamp
	$(BIN)/python -m tests.fuzz $(ARGS)

bench: $(VENV)/dev.stamp packages
	$(BIN)/python -m bench $(ARGS)

bench-crash: $(VENV)/dev.stamp packages
	$(BIN)/python -m bench.crash $(ARGS)

bench-forms: $(VENV)/dev.stamp packages $(PDFJS)
	$(BIN)/python -m bench.forms $(ARGS)

packages:
	@scripts/packages $(PACKAGES)

# The oldest Python we run on decides: what it can install, the newer ones can too.
# From the examples in tests/corpus/words; the same examples give the same table.
learn: $(VENV)/dev.stamp
	$(BIN)/python scripts/learn

# In a folder of its own: what teaches the model weighs gigabytes, and nothing else needs it.
learn-encoder:
	@scripts/venv build/learn $(PYTHON)
	build/learn/bin/python -m pip install --quiet -e . -r scripts/learn_encoder.txt
	build/learn/bin/python scripts/learn_encoder $(ARGS)

lock: scripts/lock
	$(or $(PYTHON),python3.11) scripts/lock

clean:
	rm -rf $(VENV) tests/parsers/fill/node_modules build dist *.egg-info .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find mailbot parsers tests bench -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/%.stamp: $(PINS) | $(BIN)/python
	@echo 'Installing into $(VENV) (a minute or two the first time)'
	@$(PIP) install -c constraints.txt -e '.[$*]'
	@touch $@

$(PDFJS): tests/parsers/fill/package.json
	@npm install --prefix $(@D) --no-package-lock --ignore-scripts --silent --no-fund --no-audit \
		|| echo 'pdf.js and pdf-lib could not be installed; their tests are skipped.' >&2
	@mkdir -p $@ && touch $@

$(BIN)/python:
	@scripts/venv $(VENV) $(PYTHON)
