"""The errors of jobs that need too much memory."""

from __future__ import annotations

import subprocess
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from indicia import catalogue, cli, memory
from indicia.catalogue import hookimpl
from indicia.cli import main
from indicia.errors import IndiciaError, OutOfMemory, enough_memory
from indicia.methods import MatrixAggregation, MatrixContext, Normalisation
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

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        return np.zeros((10**8, 10**8))[0]


@dataclass(frozen=True)
class Wide(Normalisation):
    """Ask for more memory than there is while the formula is written."""

    name = "wide"
    reference = "None"

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x + float(np.zeros(10**15)[0])


METHODS = catalogue.gather(
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
    found = made.compare(cities, aggregation=["arithmetic", "topsis", "pairs"]).figures
    assert "not enough memory to score 4 rows of 2 indicators" in str(found.failures)


def test_draws_that_do_not_fit_say_how_many(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_many(*_: object, **__: object) -> None:
        raise MemoryError("Unable to allocate 7 TiB for an array with shape (1, 2)")

    monkeypatch.setattr("indicia_robustness.draw_scorer.DrawScorer.score", too_many)
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

    monkeypatch.setattr("indicia.cli.output.print_result", too_large)
    assert said(capsys, "run", "index.toml") == (
        2,
        "error: not enough memory to do this\n"
        "  fix: fewer units, indicators or draws; or indicia score --stream, slice by slice\n",
    )
    assert "MemoryError" in said(capsys, "run", "index.toml", "--traceback")[1]


def test_more_rows_than_polars_can_count_give_the_same_error() -> None:
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
    start, _, end = found.stderr.partition(": it takes 69 GB at least, and this process can have ")
    assert start == "error: not enough memory to read huge.csv, 68,719 MB"
    assert end.endswith(" GB\n  fix: indicia score --stream scores a file slice by slice\n")


# An estimate, before anything is begun


def test_a_table_that_cannot_fit_is_not_begun(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with (folder / "large.csv").open("wb") as file:
        file.write(b"city,x,y\n")
        file.truncate(100_000_000)
    monkeypatch.setattr(memory, "capacity", lambda: 99_000_000)
    monkeypatch.setattr("pathlib.Path.read_bytes", lambda _: pytest.fail("the file was read"))
    assert said(capsys, "run", "large.csv", "--config", "index.toml") == (
        2,
        "error: not enough memory to read large.csv, 100 MB: it takes 100 MB at least, and this process can have "
        "99 MB\n"
        "  fix: indicia score --stream scores a file slice by slice\n",
    )


def test_a_score_that_cannot_fit_is_not_begun(index: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = pl.int_range(3_000_000, eager=True)
    frame = pl.DataFrame({"city": rows.cast(pl.String), "income": rows.cast(pl.Float64)})
    monkeypatch.setattr(memory, "capacity", lambda: 70_000_000)
    with pytest.raises(OutOfMemory) as caught:
        index({"income": {}}, groups=()).score_frame(frame)
    assert str(caught.value) == (
        "not enough memory to score 3,000,000 rows of 1 indicators: it takes 78 MB at least, and this process can have "
        "70 MB\n"
        "  fix: fit the index to some of the rows (indicia fit), and score all slice by slice (indicia score --stream)"
    )


@pytest.mark.parametrize(("capacity", "begun"), [(None, True), (104, True), (103, False)])
def test_a_run_starts_if_it_may_fit_into_memory(
    index: Make, cities: pl.DataFrame, monkeypatch: pytest.MonkeyPatch, capacity: int | None, begun: bool
) -> None:
    monkeypatch.setattr("indicia.errors._SMALL_JOB", 0)
    monkeypatch.setattr(memory, "capacity", lambda: capacity)
    with nullcontext() if begun else pytest.raises(OutOfMemory):
        index({"income": {}}, groups=()).score_frame(cities)  # 4 rows of 14 bytes a value and 12 a score


def test_a_comparison_that_cannot_fit_is_not_begun(
    index: Make, cities: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = index({"income": {}, "co2": {}}, groups=())
    monkeypatch.setattr("indicia.errors._SMALL_JOB", 0)
    monkeypatch.setattr(memory, "capacity", lambda: 0)
    with pytest.raises(OutOfMemory, match="not enough memory to score 4 rows by 3 methodologies: it takes") as caught:
        made.compare(table=cities, normalisation=["min_max", "z_score", "rank"])
    assert caught.value.remedy == "compare fewer methodologies"


def test_draws_that_cannot_fit_are_not_begun(
    index: Make, cities: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INDICIA_MAX_DRAWS", "1000000000")
    monkeypatch.setattr(memory, "capacity", lambda: 8_000_000_000)
    monkeypatch.setattr("indicia_robustness.study.design_of", lambda *_: pytest.fail("the draws were begun"))
    told = r"to score 1,000,000,000 draws of 4 units: it takes 16 GB at least, and this process can have 8\.0 GB"
    with pytest.raises(OutOfMemory, match=told) as caught:
        index({"income": {}, "co2": {}}).robustness(cities, draws=10**9, weights={"spread": 0.2})
    assert caught.value.remedy == "ask for fewer draws"


def test_small_work_asks_for_no_limit(index: Make, cities: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "capacity", lambda: 0)
    assert len(index({"income": {}}).score(cities).scores) == 4


KB = 1024
MACHINE = {"proc/meminfo": "MemTotal:  9000 kB\nMemAvailable:  5000 kB\nSwapFree:  100 kB\n"}
PROCESS = {"proc/self/status": "Name:\tpython\nVmRSS:\t  700 kB\n"}
SECOND = {"proc/self/cgroup": "0::/jobs/one\n"}
FIRST = {"proc/self/cgroup": "9:name=systemd:/\n4:cpu,memory:/jobs/one\n0::/\n"}


def second(group: str, limit: object, used: int, stat: str = "") -> dict[str, str]:
    """Return the files of a group of the second version."""
    folder = f"sys/fs/cgroup/{group}"
    return {
        f"{folder}/memory.max": f"{limit}\n",
        f"{folder}/memory.current": f"{used}\n",
        f"{folder}/memory.stat": stat,
    }


def first(group: str, limit: int, used: int, stat: str = "") -> dict[str, str]:
    """Return the files of a group of the first version."""
    files = {"limit_in_bytes": f"{limit}\n", "usage_in_bytes": f"{used}\n", "stat": stat}
    return {f"sys/fs/cgroup/memory/{group}/memory.{name}": text for name, text in files.items()}


CACHE = f"anon 7\nactive_file {KB}\ninactive_file {2 * KB}\nfile 9999999\n"


@pytest.mark.parametrize(
    ("files", "kilobytes"),
    [
        pytest.param({}, None, id="nothing is known"),
        pytest.param(MACHINE, 5100, id="the machine"),
        pytest.param(MACHINE | PROCESS, 5800, id="and what the process holds"),
        pytest.param(MACHINE | SECOND | second("jobs/one", "max", KB), 5100, id="a group without limit"),
        pytest.param(MACHINE | SECOND | second("jobs/one", 3000 * KB, 1000 * KB), 2100, id="a group with a limit"),
        pytest.param(
            MACHINE | PROCESS | SECOND | second("jobs/one", 3000 * KB, 1000 * KB, CACHE), 2803, id="and with caches"
        ),
        pytest.param(MACHINE | SECOND | second("jobs", 900 * KB, 2000 * KB), 100, id="the group above"),
        pytest.param(
            MACHINE
            | FIRST
            | first("jobs/one", 9223372036854771712, 1)
            | first("jobs", 400 * KB, 100 * KB, f"total_active_file {KB}\nactive_file 7\n"),
            401,
            id="the first version of groups",
        ),
    ],
)
def test_the_memory_of_machine_and_control_groups_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], kilobytes: int | None
) -> None:
    monkeypatch.setattr(memory, "_of_process", lambda: iter(()))
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert memory.capacity(tmp_path) == (None if kilobytes is None else kilobytes * KB)


def test_errors_of_memory_end_the_command_with_code_2() -> None:
    assert issubclass(OutOfMemory, IndiciaError)
    assert cli._guarded(lambda: (_ for _ in ()).throw(MemoryError()), [], shows_traceback=False) == 2
