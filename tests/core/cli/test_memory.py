"""What a user reads where memory does not suffice."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from indicia import catalogue, cli
from indicia.catalogue import hookimpl
from indicia.cli import main
from indicia.errors import IndiciaError, OutOfMemory, enough_memory
from indicia.methods import MatrixAggregation, Normalisation
from indicia_methods import aggregation, normalisation, weighting

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.index import Index
    from indicia.methods import Array, Expression, Statistics

    Make = Callable[..., Index]

INDEX = '[data]\npath = "cities.csv"\nunit = "city"\n[indicators]\nx = {}\ny = {}\n'


@dataclass(frozen=True)
class Pairs(MatrixAggregation):
    """Ask for a matrix of all pairs of very many units."""

    name = "pairs"
    reference = "None"

    def compare(self, values: Array, weights: Array) -> Array:
        return np.zeros((10**8, 10**8))[0]


@dataclass(frozen=True)
class Wide(Normalisation):
    """Ask for more memory than there is while the formula is written."""

    name = "wide"
    reference = "None"

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x + float(np.zeros(10**15)[0])


METHODS = catalogue.of(
    normalisation,
    weighting,
    aggregation,
    SimpleNamespace(
        __name__="own",
        indicia_aggregations=hookimpl(lambda: [Pairs], specname="indicia_aggregations"),
        indicia_normalisations=hookimpl(lambda: [Wide], specname="indicia_normalisations"),
    ),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cities: pl.DataFrame) -> Path:
    cities.rename({"income": "x", "co2": "y"}).write_csv(tmp_path / "cities.csv")
    (tmp_path / "index.toml").write_text(INDEX)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[object, str]:
    with pytest.raises(SystemExit) as caught:
        main(words)
    return caught.value.code, capsys.readouterr().err


def test_a_score_that_does_not_fit_says_of_how_many_rows_and_what_looks_at_all_at_once(
    index: Make, cities: pl.DataFrame
) -> None:
    with pytest.raises(OutOfMemory) as caught:
        index({"income": {}, "co2": {}}, {"aggregation": "pairs"}, methods=METHODS).score(cities)
    assert str(caught.value) == (
        "not enough memory to score 4 rows of 2 indicators: Unable to allocate 71.1 PiB\n"
        "  fix: take other methods than those that look at all units at once: pairs of index"
    )


def test_memory_that_a_method_lacks_is_no_fault_of_the_method(index: Make, cities: pl.DataFrame) -> None:
    with pytest.raises(OutOfMemory) as caught:
        index({"income": {}}, {"normalisation": "wide"}, methods=METHODS).score(cities)
    assert str(caught.value) == (
        "not enough memory to score 4 rows of 1 indicators: Unable to allocate 7.11 PiB\n"
        "  fix: fit the index to some of the rows (indicia fit), and score all slice by slice (indicia score --stream)"
    )


def test_a_comparison_leaves_out_what_does_not_fit_and_says_so(index: Make, cities: pl.DataFrame) -> None:
    made = index({"income": {}, "co2": {}}, methods=METHODS)
    found = made.compare(table=cities, aggregation=["arithmetic", "topsis", "pairs"])
    assert "not enough memory to score 4 rows of 2 indicators" in str(found.failures)


def test_draws_that_do_not_fit_say_how_many(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_many(*_: object, **__: object) -> None:
        raise MemoryError("Unable to allocate 7 TiB for an array with shape (1, 2)")

    monkeypatch.setattr("indicia.robustness.drawing.Drawing.scored", too_many)
    code, err = said(capsys, "robustness", "index.toml", "--set", "robustness.weights.spread=0.2", "--draws", "200")
    assert code == 2
    assert err.endswith(
        "error: not enough memory to score 200 draws of 4 units: Unable to allocate 7 TiB\n  fix: ask for fewer draws\n"
    )


def test_whatever_else_does_not_fit_is_an_error_and_no_bug(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_large(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("indicia.cli.show.result", too_large)
    assert said(capsys, "run", "index.toml") == (
        2,
        "error: not enough memory to do this\n"
        "  fix: fewer units, indicators or draws; or indicia score --stream, slice by slice\n",
    )
    assert "MemoryError" in said(capsys, "run", "index.toml", "--traceback")[1]


def test_more_than_polars_can_count_is_said_likewise() -> None:
    with (
        pytest.raises(OutOfMemory, match=r"^not enough memory to count: capacity overflow"),
        enough_memory("count", "-"),
    ):
        pl.int_range(0, 2**62, eager=True)
    with pytest.raises(pl.exceptions.ComputeError), enough_memory("count", "-"):
        raise pl.exceptions.ComputeError("capacity overflow of another kind")


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
from indicia.cli import main
main(sys.argv[1:])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits the memory of a process as Linux does")
def test_a_table_larger_than_memory_is_said_with_its_size_and_how_to_stream_it(folder: Path) -> None:
    with (folder / "huge.csv").open("wb") as file:
        file.write(b"city,x,y\n")
        file.truncate(64 << 30)  # takes no room on the disk
    found = subprocess.run(
        [sys.executable, "-c", LIMITED, "run", "huge.csv", "--config", "index.toml"], capture_output=True, text=True
    )
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr == (
        "error: not enough memory to read huge.csv, 68,719 MB\n"
        "  fix: indicia score --stream scores a file slice by slice\n"
    )


def test_the_command_line_knows_no_other_way_out() -> None:
    assert issubclass(OutOfMemory, IndiciaError)
    assert cli._guarded(lambda: (_ for _ in ()).throw(MemoryError()), tracing=False) == 2
