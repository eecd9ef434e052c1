"""Commands on a table in partitions: no option is ignored in silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import polars as pl
import pytest

from indicia.cli import main

if TYPE_CHECKING:
    from pathlib import Path

Indicia = Callable[..., tuple[int, str, str]]
INDEX = """
name = { en = "Towns", zh = "城镇" }

[data]
path = "parts"
unit = "town"
period = "year"

[indicators]
income = { direction = "benefit" }
schooling = { direction = "benefit" }

[methodology]
weighting = "equal"
"""
TOWNS = pl.DataFrame(
    {
        "town": ["=Ash", "Birch", "Cedar"] * 2,
        "year": [2020] * 3 + [2021] * 3,
        "income": [1.0, 2.0, 3.0, 6.0, 5.0, 4.0],
        "schooling": [2.0, 3.0, 4.0, 7.0, 6.0, 5.0],
    }
)


@pytest.fixture
def indicia(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Indicia:
    """Run the command line in a folder with a table in two parts; return the exit code and what was printed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "index.toml").write_text(INDEX)
    (tmp_path / "parts").mkdir()
    TOWNS[:3].write_parquet(tmp_path / "parts" / "2020.parquet")
    TOWNS[3:].write_parquet(tmp_path / "parts" / "2021.parquet")

    def run(command: str, *arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main((command, *arguments, "--workers", "1"))
        out, err = capfdbinary.readouterr()
        return int(caught.value.code or 0), out.decode(), err.decode()

    return run


def test_at_prints_the_ranks_of_a_period(indicia: Indicia) -> None:
    assert indicia("run", "--at", "2021", "--top", "1", "-f", "csv") == (
        0,
        "year,rank,town,score\n2021,1,=Ash,1.0\n",
        "",
    )


def test_at_refuses_a_period_that_no_partition_has(indicia: Indicia) -> None:
    assert indicia("run", "--at", "1999") == (
        2,
        "",
        "error: the period 1999 is not in the data\n  fix: known: 2020, 2021\n",
    )


def test_the_title_is_in_the_chosen_language(indicia: Indicia) -> None:
    code, out, _ = indicia("run", "--lang", "zh")
    assert (code, out.partition(" ")[0]) == (0, "城镇")


def test_an_unknown_language_is_refused(indicia: Indicia) -> None:
    code, _, err = indicia("run", "--lang", "xx")
    assert code == 2
    assert err.startswith('error: no language "xx"')


def test_a_formula_in_csv_is_escaped(indicia: Indicia) -> None:
    code, out, _ = indicia("run", "--top", "1", "--at", "2021", "-f", "csv", "--escape-formulas")
    assert (code, out.splitlines()[1]) == (0, "2021,1,'=Ash,1.0")


def test_a_run_as_expected_ends_with_code_0_and_another_one_with_code_1(indicia: Indicia) -> None:
    assert indicia("run", "-o", "scores")[0] == 0
    code, _, err = indicia("run", "-o", "again", "--expect", "scores/_manifest.json")
    assert (code, err.splitlines()[-1]) == (0, "compared with _manifest.json: no difference that can change a result")
    code, _, err = indicia("run", "-w", "entropy", "--expect", "scores/_manifest.json")
    assert code == 1
    assert "differs from _manifest.json: weighting of index is entropy, expected equal\n" in err


COMPARE = ("-n", "min_max,rank")


def test_a_table_of_a_comparison_is_printed_as_csv(indicia: Indicia) -> None:
    code, out, _ = indicia("compare", *COMPARE, "--show", "methodologies", "-f", "csv")
    assert (code, out.splitlines()) == (0, ["methodology,label", "1,min_max", "2,rank"])


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("-f", "csv"), "--format csv prints one table, and a comparison over partitions has 4"),
        (("-o", "ranks.csv"), '"ranks.csv" is the name of a file'),
        (("--top", "3"), "--top needs all rows in memory"),
        (("--lang", "zh"), "--lang needs all rows in memory"),
    ],
)
def test_an_option_that_a_comparison_over_partitions_lacks_is_refused(
    indicia: Indicia, arguments: tuple[str, ...], error: str
) -> None:
    code, out, err = indicia("compare", *COMPARE, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {error}")
    assert "\n  fix: " in err
