"""Formats of documents that plugins offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import indicia
from indicia.answers.writers import written
from indicia.cli import main
from indicia.errors import MethodFailure

if TYPE_CHECKING:
    from pathlib import Path

ORG = """
from indicia.answers.document import document_of
from indicia.catalogue import hookimpl

def org(answer, language):
    return f"#+title: {answer.titled(language)}, {len(document_of(answer, language))} blocks"

@hookimpl
def indicia_writers():
    return {"org": org}
"""
CITIES = "city,income,air\nLima,1,2\nOslo,3,1\nPune,2,3\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cities.csv").write_text(CITIES)
    (tmp_path / "org.py").write_text(ORG)
    return tmp_path


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["analyse", "obstacles", "cities.csv", *words])
    return int(ended.value.code or 0)


def test_a_format_of_a_plugin_is_printed_and_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--plugin", "org.py", "-f", "org") == 0
    title = capsys.readouterr().out
    assert title.startswith("#+title: ")
    assert title.endswith(" blocks")
    assert run("--plugin", "org.py", "-o", "answer.org", "--lang", "zh") == 0
    assert (folder / "answer.org").read_text("utf-8").startswith("#+title: ")
    assert (folder / "answer.org.manifest.json").is_file()


def test_a_format_of_no_plugin_is_refused_as_before(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (run("-f", "org"), run("-o", "answer.org")) == (2, 2)
    fault = capsys.readouterr().err
    assert 'error: unknown format "org"' in fault
    assert 'error: the ending of "answer.org" is not that of a format' in fault


def test_a_writer_that_fails_is_named(folder: Path) -> None:
    (folder / "org.py").write_text(ORG.replace("    return f", "    return 1 / 0 or f"))
    definition = {"data": {"path": "cities.csv", "unit": "city"}, "indicators": {"income": {}, "air": {}}}
    answer = indicia.read(definition, ["org.py"]).analyse("obstacles")
    with pytest.raises(MethodFailure, match="writer org failed: ZeroDivisionError"):
        written(answer, "org")
