"""A release has one version, and its notes are fragments with a valid name."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import indicia

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
VERSION = PROJECT["project"]["version"]
LOWEST_PYTHON = PROJECT["project"]["requires-python"].removeprefix(">=")
TYPES = "|".join(kind["directory"] for kind in PROJECT["tool"]["towncrier"]["type"])
FRAGMENT = re.compile(rf"(\+[a-z0-9-]+|\d+)\.({TYPES})\.md")
STATED = re.compile(r"\bindicia(?: |==| version | \(version )(\d+\.\d+\.\d+)", re.IGNORECASE)
"""A version of Indicia in a text; one in quotation marks belongs to a file of an example."""


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_the_installed_version_is_that_of_the_project() -> None:
    assert indicia.__version__ == VERSION, "run pip install -e . after a change of the version"


def test_the_citation_has_the_version_of_the_project() -> None:
    assert re.findall(r"^version: (.*)$", text("CITATION.cff"), re.MULTILINE) == [VERSION]


def test_pages_show_no_other_version() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *(ROOT / "docs").rglob("*.md")]
    stated = {(page.name, version) for page in pages for version in STATED.findall(page.read_text(encoding="utf-8"))}
    assert [each for each in stated if each[1] != VERSION] == []


def test_pages_name_the_lowest_python() -> None:
    for page in ("README.md", "CONTRIBUTING.md"):
        assert f"Python {LOWEST_PYTHON} or later" in text(page)
    assert f"Programming Language :: Python :: {LOWEST_PYTHON}" in PROJECT["project"]["classifiers"]
    assert PROJECT["tool"]["mypy"]["python_version"] == LOWEST_PYTHON
    assert f"| Python | {LOWEST_PYTHON} to" in text("docs/releasing.md")


FRAGMENTS = sorted(path for path in (ROOT / "changelog.d").iterdir() if path.name != "README.md")


def test_fragments_of_the_change_log_have_valid_names() -> None:
    assert [path.name for path in FRAGMENTS if not FRAGMENT.fullmatch(path.name)] == []


@pytest.mark.parametrize("name", ["example.feature.md", "+example.new.md", "+example.md", "12.fix.rst"])
def test_other_names_are_found(name: str) -> None:
    assert not FRAGMENT.fullmatch(name)


def test_a_fragment_is_a_text_without_list_and_heading() -> None:
    for path in FRAGMENTS:
        content = path.read_text(encoding="utf-8")
        assert content.strip(), path.name
        assert not content.startswith(("-", "*", "#")), path.name


def test_the_change_log_has_the_place_for_new_notes() -> None:
    assert PROJECT["tool"]["towncrier"]["start_string"] in text("CHANGELOG.md")


def test_paths_of_the_quick_checks_exist() -> None:
    recipe = text("justfile").partition("\nquick:")[2].partition("\n\n")[0]
    paths = re.findall(r"tests/\S+", recipe)
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []
