"""The confidence in ranks from tables of draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from indicia.analysis import drawn_ranks
from indicia.cli import main
from indicia.errors import DataError, DefinitionError, IndiciaError

if TYPE_CHECKING:
    from pathlib import Path

ROWS = {"Lima": [3.0, 2.0, 3.0, 1.0], "Oslo": [1.0, 1.0, 2.0, 2.0], "Pune": [0.0, 0.5, 0.0, 1.5]}
NOMINAL = {"Lima": 3.0, "Oslo": 2.0, "Pune": 1.0}


def rows(**changes: Any) -> pl.DataFrame:
    return pl.DataFrame({**ROWS, **changes})


def test_ranks_are_used_as_they_are() -> None:
    found = drawn_ranks(pl.DataFrame({"Lima": [1.5, 1.0], "Oslo": [1.5, 3.0], "Pune": [3.0, 2.0]}), values="ranks")
    assert found.units.select("unit", "mean").rows() == [("Lima", 1.25), ("Oslo", 2.25), ("Pune", 2.5)]


def test_the_lowest_score_may_be_the_best() -> None:
    found = drawn_ranks(rows(), low_is_best=True, nominal=NOMINAL)
    assert found.units["unit"].to_list() == ["Pune", "Oslo", "Lima"]
    assert found.shifts["shift"].to_list() == [0.0, 0.0, 0.0, pytest.approx(4 / 3)]


def test_without_nominal_values_units_are_ordered_by_their_mean_rank_and_nothing_shifts() -> None:
    found = drawn_ranks(rows())
    assert found.units["unit"].to_list() == ["Lima", "Oslo", "Pune"]
    assert "rank" not in found.units.columns
    assert found.notes[0] == "the draws come without nominal ranks: units are ordered by their mean rank"
    with pytest.raises(DataError, match="the shift of ranks is measured from nominal ranks"):
        found.frame("shifts")


def test_a_unit_without_a_value_has_no_rank_in_this_draw() -> None:
    found = drawn_ranks(rows(Oslo=[None, 1.0, 2.0, 2.0]), nominal=NOMINAL)
    assert found.acceptability.filter(unit="Oslo").row(0) == ("Oslo", 0.25, 0.5, 0.0)
    assert found.notes[-1] == "1 value missing of 12: these units have no rank in these draws"


def test_a_label_of_draws_is_no_unit() -> None:
    found = drawn_ranks(rows(run=[7, 8, 9, 10]), nominal="10")
    assert found.names == ("Lima", "Oslo", "Pune")
    assert found.labels == ("7", "8", "9")
    assert found.units["unit"].to_list() == ["Oslo", "Pune", "Lima"]


def test_nominal_values_of_the_table_give_way_to_others() -> None:
    found = drawn_ranks(rows(run=["1", "2", "3", "Nominal"]), nominal={"Lima": 1.0, "Oslo": 3.0, "Pune": 2.0})
    assert (len(found.labels), found.units["unit"].to_list()) == (3, ["Oslo", "Pune", "Lima"])
    assert found.notes[-1] == "the nominal values of the table are not used: others take their place"


def test_a_long_table_may_have_any_order_of_rows() -> None:
    table = rows(draw=["a", "b", "c", "d"]).unpivot(index="draw", variable_name="city", value_name="score")
    found = drawn_ranks(table.reverse(), unit="city", draw="draw", value="score")
    assert found.unit == "city"
    wanted = drawn_ranks(rows()).units.rename({"unit": "city"})
    assert found.units.equals(wanted)


@pytest.mark.parametrize(
    ("table", "arguments", "fault"),
    [
        (rows(), {"unit": "city"}, 'unknown column "city"'),
        (rows().head(0), {}, "the table of draws has no row"),
        (rows(Lima=[1.0, float("inf"), 0.0, 0.0]), {}, "the value of Lima in draw 2 is infinite"),
        (rows(), {"nominal": "n"}, 'no column or label "n" of nominal values'),
        (rows(), {"nominal": {"Rome": 1.0}}, "nominal values of units that the draws do not have: Rome"),
        (rows(), {"values": "ranks"}, "0 is no rank among 3 units: Pune, draw 1"),
        (rows(unit=["a", "b", "c", "c"]), {}, "the table is a long one, and beside it there are 3 columns"),
        (rows(unit=["a", "b", "c", "c"]), {"unit": "unit"}, 'the unit "c" is there twice'),
        (rows(a=list("abcd"), b=list("abcd")), {}, "several columns of texts: a, b"),
        (pl.DataFrame({"unit": ["a", "a"], "draw": [1, 1], "v": [1, 2]}), {}, "more than one value of a in draw 1"),
        (rows(a=list("abcd")), {"draw": "Lima"}, "the column a has no numbers"),
        (rows(run=[1, 1, 2, 3]), {}, "a label of run is there twice"),
        (rows(), {"value": "Lima"}, "a long table of draws needs the column of its units"),
        (pl.DataFrame({"unit": ["a", "b"], "nominal": [1, 2]}), {}, "the table has no draws"),
    ],
)
def test_a_table_that_is_none_of_draws_is_refused(table: pl.DataFrame, arguments: Any, fault: str) -> None:
    with pytest.raises(DataError) as refused:
        drawn_ranks(table, **arguments)
    assert fault in str(refused.value)
    assert refused.value.remedy


def test_arguments_without_such_a_value_are_refused() -> None:
    with pytest.raises(DefinitionError, match='drawn_ranks has no values "costs"'):
        drawn_ranks(rows(), values="costs")  # type: ignore[arg-type]
    with pytest.raises(DefinitionError, match="low_is_best is about scores"):
        drawn_ranks(pl.DataFrame({"a": [1.0], "b": [2.0]}), values="ranks", low_is_best=True)
    with pytest.raises(IndiciaError, match='no table "unit"'):
        drawn_ranks(rows()).frame("unit")


INDEX = """
[data]
path = "cities.csv"
unit = "city"
[indicators]
jobs = {}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with draws, and an index of the same units."""
    rows().write_csv(tmp_path / "draws.csv")
    pl.DataFrame({"city": ["Pune", "Lima", "Oslo"], "jobs": [1.0, 3.0, 2.0]}).write_csv(tmp_path / "cities.csv")
    (tmp_path / "index.toml").write_text(INDEX)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def command(*arguments: str, code: int = 0) -> None:
    with pytest.raises(SystemExit) as exited:
        main(["robustness", *arguments])
    assert exited.value.code == code


@pytest.mark.usefixtures("folder")
def test_the_command_takes_nominal_ranks_from_an_index_that_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    command("index.toml", "--given", "draws.csv", "--show", "shifts", "-f", "csv")
    assert capsys.readouterr().out.splitlines() == ["draw,shift", "1,0.0", "2,0.0", "3,0.0", "4,1.3333333333333333"]
    command("--given", "draws.csv")
    found = capsys.readouterr().out.splitlines()
    assert found[0] == "Given draws · 4 draws · 3 units · a row for each draw"
    assert found[4].split()[:4] == ["Lima", "1", "1", "2.7"]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("--given", "draws.csv", "--weights", "±10%"), "--given does not use --weights"),
        (("--nominal", "jobs"), "--nominal is about a table of draws"),
        (("index.toml", "--given", "draws.csv", "--nominal", "1"), "--nominal and an index both state nominal ranks"),
        (("--given", "draws.csv", "--show", "factors"), 'a table of draws has no table "factors"'),
    ],
)
def test_the_command_refuses_options_of_new_draws(
    arguments: tuple[str, ...], fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command(*arguments, code=2)
    assert fault in capsys.readouterr().err


def test_nominal_ranks_are_taken_as_they_are_whatever_the_direction_of_the_draws() -> None:
    draws = pl.DataFrame({"A": [3.0, 1.0], "B": [2.0, 2.0], "C": [1.0, 3.0]})
    found = drawn_ranks(draws, nominal_ranks={"A": 1.5, "B": 1.5}, low_is_best=True)
    assert dict(found.units.select("unit", "rank").iter_rows()) == {"A": 1.5, "B": 1.5, "C": None}


def test_a_column_of_units_with_the_name_of_a_figure_is_refused() -> None:
    draws = pl.DataFrame({"tier": ["A", "B"], "d1": [1.0, 2.0]})
    with pytest.raises(DataError, match='the column "tier" has the name of a figure'):
        _ = drawn_ranks(draws).units


def test_an_index_beside_draws_gives_its_own_ranks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    index = tmp_path / "index.toml"
    (tmp_path / "cities.csv").write_text("city,a\nA,1\nB,2\nC,2\n")
    index.write_text(
        '[data]\npath = "cities.csv"\nunit = "city"\n[indicators]\na = {}\n[methodology]\nties = "average"\n'
    )
    draws = tmp_path / "draws.csv"
    draws.write_text("A,B,C\n3,2,1\n3,1,2\n")
    for values in ([], ["--values", "low_is_best"]):
        with pytest.raises(SystemExit, match=r"^0$"):
            main(["robustness", str(index), "--given", str(draws), "--show", "units", "-f", "csv", *values])
        table = pl.read_csv(capsys.readouterr().out.encode())
        assert dict(table.select("unit", "rank").iter_rows()) == {"A": 3.0, "B": 1.5, "C": 1.5}
