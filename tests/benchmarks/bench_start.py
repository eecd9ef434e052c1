"""Processor times of whole processes, beside imports: `pytest -n 0 tests/benchmarks/bench_start.py`.

Not part of the test run, and no figure is asserted: machines are noisy.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from many_plugins import install_plugins

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(__file__).parents[2] / "examples"
ALTERNATIONS = 11
IMPORTS = "import numpy, pluggy, polars, pydantic, typer"
LIBRARIES = {
    "import of the libraries": ("-c", IMPORTS),
    "import of the libraries and models of pydantic": ("-c", f"{IMPORTS}; from pydantic import BaseModel, TypeAdapter"),
}
SCORE = "import indicia; indicia.read({!r}).score()"


def index(example: str) -> str:
    return str(EXAMPLES / example / "index.toml")


def jobs(folder: Path) -> dict[str, tuple[str, ...]]:
    written = ("-o", str(folder / "scores.csv"))
    return {
        "run human_development": ("-m", "indicia", "run", index("human_development"), *written),
        "run intelligent_manufacturing": ("-m", "indicia", "run", index("intelligent_manufacturing"), *written),
        "first score()": ("-c", SCORE.format(index("human_development"))),
        "--help": ("-m", "indicia", "--help"),
        "run --help": ("-m", "indicia", "run", "--help"),
        "methods": ("-m", "indicia", "methods"),
    }


def processor_seconds(words: tuple[str, ...], folder: Path, **variables: str) -> float:
    """Return the time of a process; modules are compiled first, as those of an installed library are."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env |= {"PYTHONPYCACHEPREFIX": str(folder / "compiled"), **variables}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *words], check=True, capture_output=True, cwd=folder, env=env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.parametrize("job", jobs(Path()))
def test_start(compare: Callable[..., None], tmp_path: Path, job: str) -> None:
    def taken(words: tuple[str, ...]) -> Callable[[], float]:
        return lambda: processor_seconds(words, tmp_path)

    imports = {name: taken(words) for name, words in LIBRARIES.items()}
    compare(f"whole process, {job}", taken(jobs(tmp_path)[job]), imports, times=ALTERNATIONS)


def test_many_plugins(compare: Callable[..., None], tmp_path: Path) -> None:
    words = jobs(tmp_path)["run intelligent_manufacturing"]
    path = os.environ.get("PYTHONPATH", "")

    def with_plugins(name: str, **numbers: int) -> Callable[[], float]:
        places = os.pathsep.join(filter(None, [path, str(install_plugins(tmp_path / name, **numbers))]))
        return lambda: processor_seconds(words, tmp_path, PYTHONPATH=places)

    others = {
        "100 plugins that offer places": with_plugins("lazy", lazy=100),
        "100 plugins that offer classes": with_plugins("ordinary", ordinary=100),
    }
    compare(
        "whole process, run intelligent_manufacturing", lambda: processor_seconds(words, tmp_path), others, times=21
    )


def test_trace(compare: Callable[..., None], tmp_path: Path) -> None:
    words = jobs(tmp_path)["run intelligent_manufacturing"]
    traced = {"with --trace": lambda: processor_seconds((*words, "--trace"), tmp_path)}
    compare("whole process, without a trace", lambda: processor_seconds(words, tmp_path), traced, times=ALTERNATIONS)
