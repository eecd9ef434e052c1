"""The contracts of pyproject.toml hold, and each has been seen to fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from indicia.cli import COMMANDS

ROOT = Path(__file__).parents[2]


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(root / "core"), str(root / "plugins")])}
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c(['--no-cache'])"]
    return subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the sources to break."""
    for folder in ("core", "plugins"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_hold() -> None:
    ran = lint(ROOT)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("core/indicia/run/score.py", "import indicia_methods", "The core never imports a plugin"),
        ("core/indicia/data/read.py", "import indicia.run", "The rooms of the core stand on each other"),
        ("core/indicia/stages/weigh.py", "import indicia.run", "The rooms of the core stand on each other"),
        ("core/indicia/index.py", "import indicia.shipped_sources", "The rooms of the core stand on each other"),
        ("core/indicia/result/result.py", "import indicia_report.charts", "The core never imports a plugin"),
        ("plugins/indicia_report/markup.py", "import indicia_report.page", "No room has a circle"),
        ("plugins/indicia_report/period_view.py", "import indicia_report.charts", "No room has a circle"),
        (
            "plugins/indicia_methods/weighting/spread.py",
            "import indicia_methods.aggregation",
            "The kinds of method do not know each other",
        ),
        ("plugins/indicia_methods/aggregation/means.py", "import indicia.run", "Methods know the contract"),
        ("plugins/indicia_methods/normalisation/linear.py", "import polars", "A formula is written without polars"),
        ("core/indicia/stages/weigh.py", "import pluggy", "Only the catalogue knows pluggy"),
    ],
)
def test_a_forbidden_import_breaks_its_contract(copy: Path, file: str, line: str, contract: str) -> None:
    path = copy / file
    path.write_text(
        path.read_text().replace(
            "from __future__ import annotations\n", f"from __future__ import annotations\n{line}\n", 1
        )
    )
    ran = lint(copy)
    assert ran.returncode != 0
    assert [line for line in ran.stdout.splitlines() if line.startswith(contract) and "BROKEN" in line], ran.stdout


def importers_of_their_package(graph: grimp.ImportGraph) -> set[tuple[str, str]]:
    """Return the modules that import a package around them, whose `__init__` imports them in turn."""
    return {
        (module, imported)
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
        if module.startswith(f"{imported}.")
    }


def test_no_module_imports_the_package_around_it() -> None:
    packages = sorted(path.parent.name for path in (ROOT / "plugins").glob("*/__init__.py"))
    graph = grimp.build_graph("indicia", *packages, cache_dir=None)
    assert not importers_of_their_package(graph)
    graph.add_import(importer="indicia_report.markup", imported="indicia_report")
    assert importers_of_their_package(graph) == {("indicia_report.markup", "indicia_report")}


def imported(root: Path, module: str) -> set[str]:
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(root / "core"), str(root / "plugins")])}
    code = f"import {module}, sys; print(*sys.modules)"
    return set(
        subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout.split()
    )


def test_indicia_is_imported_without_its_rooms_and_a_result_without_charts_and_workbooks() -> None:
    assert not {"polars", "numpy", "pydantic", "indicia.result"} & imported(ROOT, "indicia")
    rooms = {"indicia_report", "indicia_workbook", "indicia_paper.drawing", "altair", "xlsxwriter"}
    assert not rooms & imported(ROOT, "indicia.index, indicia.result, indicia_compare, indicia_robustness")


def test_the_command_line_starts_without_polars(copy: Path) -> None:
    heavy = {"polars", "numpy", "pydantic", "pluggy", "rich.table"}
    every = ", ".join(["indicia.cli", *(f"indicia_commands.{name}" for name in COMMANDS)])
    assert not heavy & imported(ROOT, every)
    path = copy / "plugins/indicia_commands/check.py"
    path.write_text(path.read_text().replace("import typer\n", "import typer\nimport polars\n", 1))
    assert "polars" in imported(copy, every)
