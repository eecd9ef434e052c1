"""Processor times of whole processes, as ratios: `pytest -n 0 -s tests/benchmarks/bench_start.py`.

Not part of the test run, and no figure is asserted: machines are noisy. Processes alternate; a ratio is the median of
the ratios of each alternation to the import of the libraries that a run needs.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median

EXAMPLES = Path(__file__).parents[2] / "examples"
ALTERNATIONS = 20
LIBRARIES = "import numpy, pluggy, polars, pydantic, typer"
SCORE = "import indicia; indicia.read({!r}).score()"


def index(example: str) -> str:
    return str(EXAMPLES / example / "index.toml")


def jobs(folder: Path) -> dict[str, tuple[str, ...]]:
    written = ("-o", str(folder / "scores.csv"))
    return {
        "libraries": ("-c", LIBRARIES),
        "libraries, models of pydantic": ("-c", f"{LIBRARIES}; from pydantic import BaseModel, TypeAdapter"),
        "run human_development": ("-m", "indicia", "run", index("human_development"), *written),
        "run intelligent_manufacturing": ("-m", "indicia", "run", index("intelligent_manufacturing"), *written),
        "first score()": ("-c", SCORE.format(index("human_development"))),
        "--help": ("-m", "indicia", "--help"),
        "run --help": ("-m", "indicia", "run", "--help"),
        "methods": ("-m", "indicia", "methods"),
    }


def processor_seconds(words: tuple[str, ...], folder: Path) -> float:
    """Return what a process takes; modules are compiled beforehand, as those of an installed library are."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env |= {"PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *words], check=True, capture_output=True, cwd=folder, env=env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_start_against_the_import_of_libraries(tmp_path: Path) -> None:
    every = jobs(tmp_path)
    for words in every.values():
        processor_seconds(words, tmp_path)
    taken: dict[str, list[float]] = {name: [] for name in every}
    for _ in range(ALTERNATIONS):
        for name, words in every.items():
            taken[name].append(processor_seconds(words, tmp_path))
    lines = []
    for name, seconds in taken.items():
        ratio = median(one / libraries for one, libraries in zip(seconds, taken["libraries"], strict=True))
        lines.append(f"{name:<32} {1000 * median(seconds):6.0f} ms  {ratio:5.2f}\n")
    sys.stdout.write("\n" + "".join(lines))
