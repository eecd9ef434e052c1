# The commands of a developer. `just` lists them; each line also works in a shell.

default:
    @just --list --unsorted

# Half a minute, before each commit: style, spelling, imports, types, and the tests that find most faults
quick: lint spelling imports types
    pytest -q tests/plugins/test_worked_examples.py tests/examples/test_examples.py tests/core/formulas tests/core/definition tests/core/statistics tests/core/test_shipped_examples.py tests/architecture/test_release.py

# All tests, doctests and the documentation
test:
    pytest

# Where time goes: seconds of the stages of the last .ci/run here, then of all tests by folder, with their processes
durations *words:
    @cat build/stages 2>/dev/null || echo "no .ci/run here yet"
    PYTHONPATH=tests pytest -q -p by_folder {{words}}

# All tests, with the lines that they run: a table of files, and pages in build/coverage
coverage:
    pytest --cov --cov-report=term:skip-covered --cov-report=html

# Style and format
lint:
    ruff check .
    ruff format --check .

# British spelling
spelling:
    .ci/spelling

# Check style and spelling before each commit to this clone: git then runs .ci/hooks
hooks:
    git config core.hooksPath .ci/hooks

# Types
types:
    mypy

# The rules for imports between packages
imports:
    lint-imports

# Generate the pages of methods, checks and the gallery, test the documentation, and build its site
docs:
    python -m indicia.catalogue.reference > docs/methods.md
    python -m indicia_audit.check_reference > docs/checks.md
    python -m indicia.catalogue.analysis_reference > docs/analyses.md
    PYTHONPATH=docs/site python -m indicia_site.table_reference > docs/columns.md
    PYTHONPATH=tests python tests/published/test_gallery.py > docs/gallery.md
    PYTHONPATH=docs/site python -m indicia_site.translations
    pytest tests/docs
    just site

# Build the documentation site, with live reports of the published indices whose data are at hand
site folder="build/site":
    just reports build/reports
    PYTHONPATH=docs/site python -m indicia_site {{folder}} --reports build/reports

# Check, test and build the front end of the report page, and check the scripts of the server; needs Node.js
[working-directory: 'plugins/indicia_report/web']
web:
    npm ci
    node messages.mjs
    npx tsc --noEmit
    npx tsc --ignoreConfig --noEmit --allowJs --checkJs --strict --target es2024 --lib es2024,dom,dom.iterable --module esnext --moduleResolution bundler ../../../plugins/indicia_serve/page/main.js
    npx vitest run
    node build.mjs

# Write the reports of the gallery to a folder, with a page that links them: `just reports site "hdi cpi_2019"`
reports folder names="":
    PYTHONPATH=tests python tests/published/write_reports.py {{folder}} {{names}}

# Measure the speed, in ratios: pip install -e '.[benchmark]' first
bench:
    pytest -n 0 tests/benchmarks

# Build, check and install the packages of a release, without publishing: pip install -e '.[release]' first
rehearse folder="":
    .ci/rehearse {{folder}}

# Everything, in new virtual environments; --with-system installs the Debian packages that are missing
ci *options:
    .ci/run {{options}}

# The conformance tests of all methods, on other random tables: `just promises 7`
promises seed:
    pytest -m 'thorough or not thorough' tests/conformance --hypothesis-seed={{seed}}

# Thousands of damaged files, with a seed and a number: `just fuzz --seed 2 --cases 500`
fuzz *options:
    python tests/fuzz {{options}}

# Compare the figures of all methods and examples with the record, or with a record in a folder
golden folder="":
    PYTHONPATH=tests python -m golden check {{folder}}

# Write the record again, here or to a folder
golden-renew folder="":
    PYTHONPATH=tests python -m golden renew {{folder}}

# The figures behind a line of the record: `just golden-show weighting entropy "by period"`
golden-show kind subject setting:
    PYTHONPATH=tests python -m golden show {{kind}} {{subject}} "{{setting}}"
