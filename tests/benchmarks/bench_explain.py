"""Speed of explanations and editions: `pytest -n 0 tests/benchmarks/bench_explain.py`.

Not part of the test run, and no figure is asserted: machines are noisy. The yardstick is a run of the same index. Times
are those of the processor, of whole processes.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from benchmarks.bench_start import processor_seconds

import indicia
from indicia.means.contributions import contributions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FLAT = ""
NODES = "".join(f"[dimensions.d{k}]\n" for k in range(5))
LEVELS = NODES.replace("]\n", ']\nparent = "top"\n') + "[dimensions.top]\n"
GEOMETRIC = 'normalisation = "min_max(lower=1, upper=100)"\naggregation = "geometric"'
INDICES = {
    "no dimensions": (FLAT, "", ""),
    "three levels": (LEVELS, "", ""),
    "five geometric means": (NODES, GEOMETRIC, ""),
    "5 % missing": (NODES, 'missing = "skip"', ""),
    "weights by entropy": (NODES, 'weighting = "entropy"\nnormalisation = "min_max"', ""),
    "fixed bounds": (NODES, "", ", bounds = [0, 30]"),
    "topsis": (FLAT, 'normalisation = "vector"\naggregation = "topsis"', ""),
}
"""The dimensions and the methodology of each index, and words of its indicators."""

SIZES = [(200, 16), (10_000, 50)]
UNIT = "u77"
QUESTIONS = {
    "a score": ("explain", UNIT),
    "a gap": ("explain", UNIT, "u99"),
    "a move": ("explain", UNIT, "--since", "old/index.toml"),
    "the way to rank 50": ("explain", UNIT, "--reach", "50"),
    "two editions": ("diff", "old/index.toml", "index.toml"),
}


def table_of(units: int, indicators: int, kind: str, *, old: bool) -> pl.DataFrame:
    """Return correlated data; those of the old edition differ in all values."""
    random = np.random.default_rng(1)
    x = np.exp(0.6 * random.normal(size=(units, 1)) + random.normal(size=(units, indicators)) / 3)
    if old:
        x *= np.exp(0.1 * random.normal(size=x.shape))
    if kind == "5 % missing":
        x[random.random(x.shape) < 0.05] = np.nan
    columns = {f"x{j}": pl.Series(x[:, j], nan_to_null=True) for j in range(indicators)}
    return pl.DataFrame({"unit": [f"u{unit}" for unit in range(units)], **columns})


def write_editions(folder: Path, kind: str, units: int, indicators: int) -> None:
    """Write an index file with its table, and those of the old edition into a folder beside them."""
    dimensions, methodology, words = INDICES[kind]
    place = ', dimension = "d{}"' if dimensions else ""
    rows = "".join(f'x{j} = {{ direction = "benefit"{place.format(j % 5)}{words} }}\n' for j in range(indicators))
    data = '[data]\npath = "table.csv"\nunit = "unit"\n'
    text = f'name = "speed"\n{data}{dimensions}[indicators]\n{rows}[methodology]\n{methodology}\n'
    for edition in (folder / "old", folder):
        edition.mkdir(exist_ok=True)
        table_of(units, indicators, kind, old=edition != folder).write_csv(edition / "table.csv")
        (edition / "index.toml").write_text(text)


def process(folder: Path, *words: str) -> Callable[[], float]:
    return lambda: processor_seconds(("-m", "indicia", *words), folder)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("kind", INDICES)
@pytest.mark.parametrize(("units", "indicators"), SIZES)
def test_question(
    compare: Callable[..., None], tmp_path: Path, units: int, indicators: int, kind: str, question: str
) -> None:
    write_editions(tmp_path, kind, units, indicators)
    compare(
        f"{question}, {kind}, {units:,} × {indicators}",
        process(tmp_path, *QUESTIONS[question]),
        {"run": process(tmp_path, "run", "index.toml", "-o", "scores.csv")},
        times=3,
    )


@pytest.mark.parametrize(("units", "indicators"), SIZES)
def test_pack_and_replay(compare: Callable[..., None], tmp_path: Path, units: int, indicators: int) -> None:
    write_editions(tmp_path, "three levels", units, indicators)
    compare(
        f"a pack, {units:,} × {indicators}",
        process(tmp_path, "pack", "index.toml", "-o", "pack.zip"),
        {
            "its replay": process(tmp_path, "replay", "pack.zip"),
            "its audit alone": process(tmp_path, "audit", "index.toml"),
        },
        times=3,
    )


@pytest.mark.parametrize("kind", ["no dimensions", "three levels", "five geometric means", "5 % missing"])
def test_contributions_of_all_units(compare: Callable[..., None], tmp_path: Path, kind: str) -> None:
    write_editions(tmp_path, kind, 10_000, 50)
    index = indicia.read(tmp_path / "index.toml")
    result = index.score()

    def processor_time(work: Callable[[], object]) -> float:
        start = time.process_time()
        work()
        return time.process_time() - start

    compare(
        f"contributions of all units, {kind}, 10,000 × 50",
        lambda: processor_time(lambda: contributions(result.scored)),
        {"score()": lambda: processor_time(index.score)},
    )
