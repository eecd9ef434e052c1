"""Type checkers find the wrong calls of `calls.py`, accept the right ones, and know the types of all names."""

from __future__ import annotations

import ast
import doctest
import importlib
import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

import indicia

ROOT = Path(__file__).parents[2]
CALLS = Path(__file__).with_name("calls.py")
WRONG = [number for number, line in enumerate(CALLS.read_text("utf-8").splitlines(), 1) if line.endswith("# wrong")]


def output(*command: str) -> str:
    ran = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 1, ran.stderr + ran.stdout  # errors were found; 2 would be a fault of the call
    return ran.stdout


@pytest.mark.thorough
def test_mypy_finds_the_wrong_calls_and_no_others() -> None:
    lines = output("mypy", str(CALLS)).splitlines()
    found = {int(match[1]) for line in lines if (match := re.match(r"tests/typing/calls\.py:(\d+): error", line))}
    assert sorted(found) == WRONG


def blocks(page: Path) -> str:
    """Return the Python of a page of the documentation that imports Indicia, with the lines of sessions."""
    whole = []
    for block in re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), flags=re.DOTALL):
        code = doctest.script_from_examples(block) if ">>>" in block else block
        with suppress(SyntaxError):  # a part of a file
            ast.parse(code)
            whole.append(code)
    code = "\n".join(whole)
    return code if "indicia" in code else ""


@pytest.mark.thorough
def test_the_documentation_imports_what_packages_export_in_a_project_with_strict_settings(tmp_path: Path) -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs/hooks").glob("*.md"))]
    for page in pages:
        if code := blocks(page):
            (tmp_path / f"{page.parent.name}_{page.stem}.py".replace("-", "_")).write_text(code, "utf-8")
    rooms = [importlib.import_module(f"indicia.{name}") for name in dir(indicia) if name in indicia._ROOMS]
    lines = [f"from {room.__name__} import {name}" for room in rooms for name in room.__all__]
    (tmp_path / "all_names.py").write_text("\n".join(lines), "utf-8")
    # --config-file= leaves out the settings of the repository
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", *map(str, sorted(tmp_path.glob("*.py")))]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert len(list(tmp_path.glob("*.py"))) > 8
    found = [line for line in ran.stdout.splitlines() if re.search(r"indicia.*\[(attr-defined|import-.*)\]$", line)]
    own = re.compile(r"indicia_(?!methods|checks|report|workbook)")  # the packages of example plugins
    assert [line for line in found if not own.search(line)] == [], ran.stderr


@pytest.mark.thorough
def test_pyright_finds_the_wrong_calls_and_no_others(tmp_path: Path) -> None:
    settings = {
        "include": [str(CALLS)],
        "extraPaths": [str(ROOT / "core"), str(ROOT / "plugins")],
        "typeCheckingMode": "standard",
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings), "utf-8")
    # basedpyright is pyright with its own node, so that no test downloads one
    report = json.loads(output("basedpyright", "--outputjson", "--project", str(tmp_path)))
    found = {entry["range"]["start"]["line"] + 1 for entry in report["generalDiagnostics"]}
    assert sorted(found) == WRONG


@pytest.mark.thorough
def test_pyright_knows_the_types_of_all_names() -> None:
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "core"), str(ROOT / "plugins")])}
    command = [sys.executable, "-m", "basedpyright", "--verifytypes", "indicia", "--ignoreexternal", "--outputjson"]
    ran = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    report = json.loads(ran.stdout)["typeCompleteness"]
    incomplete = [
        f"{symbol['name']}: {finding['message'].splitlines()[0]}"
        for symbol in report["symbols"]
        for finding in symbol["diagnostics"]
        if finding["severity"] == "error"
    ]
    assert report["completenessScore"] == 1, "\n".join(incomplete[:20])
