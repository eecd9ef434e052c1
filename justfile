# What a developer runs; each line also works as it stands in a shell. `just` lists them.

default:
    @just --list --unsorted

# All tests, doctests and the documentation
test:
    pytest

# Style and format
lint:
    ruff check .
    ruff format --check .

# Types
types:
    mypy

# Who may import whom
imports:
    lint-imports

# Renew the reference of the methods, then run the documentation
docs:
    python -m indicia.catalogue.reference > docs/methods.md
    python tests/published/test_gallery.py > docs/gallery.md
    pytest tests/docs

# Speed, in ratios: pip install -e '.[benchmark]' first
bench:
    pytest -n 0 tests/benchmarks

# Everything, in a new virtual environment
ci:
    .ci/run

# The promises of all methods, on other tables than always: `just promises 7`
promises seed:
    pytest tests/conformance --hypothesis-seed={{seed}}

# Thousands of broken files, with another seed or number of them: `just fuzz --seed 2 --cases 500`
fuzz *options:
    python tests/fuzz {{options}}

# What methods and examples compute, against the record, or against one that golden-renew wrote to a folder
golden folder="":
    PYTHONPATH=tests python -m golden check {{folder}}

# Write that record anew, here or to a folder
golden-renew folder="":
    PYTHONPATH=tests python -m golden renew {{folder}}

# The figures behind a line of it: `just golden-show weighting entropy "by period"`
golden-show kind subject setting:
    PYTHONPATH=tests python -m golden show {{kind}} {{subject}} "{{setting}}"
