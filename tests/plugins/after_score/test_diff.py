"""The difference of two editions is an analysis: each option, table and text stands in its class alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from two_editions import run, write_editions

import indicia
from indicia.errors import IndiciaError, PluginError, WrongArgument
from indicia_after_score.diff import Diff
from indicia_editions.difference_tables import DifferenceTables

ROOT = Path(__file__).parents[3]
TOWNS: dict[str, Any] = {
    "name": "Towns",
    "data": {"unit": "town", "period": "year"},
    "indicators": {"a": {"bounds": [0, 10], "direction": "benefit"}},
}
PANEL = pl.DataFrame(
    {"town": ["Ash", "Elm", "Fir"] * 3, "year": [2020] * 3 + [2021] * 3 + [2022] * 3, "a": [1, 2, 3, 3, 2, 1, 5, 1, 6]}
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_editions(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def scores(**ranks: int) -> dict[str, list[Any]]:
    return {"unit": list(ranks), "rank": list(ranks.values())}


OLD, NEW = scores(Ash=1, Elm=2, Fir=3, Gum=4), scores(Fir=1, Elm=2, Gum=3, Ash=4)


# the trial of the design: an option that stands in the class alone


def test_movers_are_those_that_move_the_least_number_of_places_or_more() -> None:
    assert indicia.diff(OLD, NEW, min_rank_change=2).frame("movers")["unit"].to_list() == ["Ash", "Fir"]
    assert indicia.diff(OLD, NEW, min_rank_change=2).frame("moves_by_cause")["gained"].to_list() == [-3.0, 2.0]
    assert len(indicia.diff(OLD, NEW).frame("movers")) == 3


def test_a_least_move_that_no_unit_reaches_gives_empty_tables_and_all_documents(folder: Path) -> None:
    assert indicia.diff(OLD, NEW, min_rank_change=8).frame("movers").is_empty()
    for name in ("page", "x.md", "x.html", "x.tex", "x.json", "x.xlsx"):
        assert run("diff", "2023", "2024", "--min-rank-change", "8", *(["-o", name] if "." in name else [])) == 0
    document = json.loads((folder / "x.json").read_text(encoding="utf-8"))
    assert document["tables"]["movers"]["rows"] == []
    assert document["manifest"]["options"]["min_rank_change"] == 8
    assert run("diff", "2023", "2024", "--min-rank-change", "8", "--show", "movers", "-o", "x.csv") == 0


def test_the_index_file_states_options_and_the_command_line_precedes(folder: Path) -> None:
    path = folder / "2024" / "index.toml"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n[analyses.diff]\nmin_rank_change = 8\n", encoding="utf-8")
    assert indicia.diff("2023", "2024").frame("movers").is_empty()
    assert len(indicia.diff("2023", "2024", min_rank_change=2).frame("movers")) == 1


def test_the_page_has_the_movers_of_the_option(folder: Path) -> None:
    path = folder / "2024" / "index.toml"
    assert run("report", "2024", "--since", "2023", "-o", "page.html", "--draws", "5") == 0
    assert "<td>3<td>1<td>+2" in (folder / "page.html").read_text(encoding="utf-8")
    path.write_text(f"{path.read_text(encoding='utf-8')}\n[analyses.diff]\nmin_rank_change = 8\n", encoding="utf-8")
    assert run("report", "2024", "--since", "2023", "-o", "page.html", "--draws", "5") == 0
    assert "<td>3<td>1<td>+2" not in (folder / "page.html").read_text(encoding="utf-8")


def test_help_and_documentation_have_the_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("diff", "--help") == 0
    assert "--min-rank-change" in capsys.readouterr().out
    assert "`min_rank_change`" in (ROOT / "docs" / "analyses.md").read_text(encoding="utf-8")


def test_the_option_stands_in_one_file() -> None:
    lines = [
        (path.name, line)
        for folder in ("core", "plugins")
        for path in (ROOT / folder).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "min_rank_change" in line
    ]
    assert {name for name, _ in lines} == {"diff.py"}
    assert len(lines) <= 5


@pytest.mark.parametrize(
    ("options", "error", "fault"),
    [
        ({"min_rank_change": -1}, IndiciaError, "diff: min_rank_change = -1 must be 0 or more"),
        ({"min_rank": 1}, IndiciaError, 'diff has no parameter "min_rank"'),
        ({"fail_on": ["max_mov > 1"]}, IndiciaError, 'no rule is about "max_mov"'),
        ({"start": object()}, WrongArgument, "start must be Period | None, and not an object"),
        ({"renamed": "A=B"}, WrongArgument, 'indicia.diff(renamed="A=B")\n  fix: a unit that has another name in OLD'),
        (
            {"starts": 2021},
            WrongArgument,
            'diff has no parameter "starts"\n  indicia.diff(starts=…)\n  fix: did you mean "start"?',
        ),
    ],
)
def test_a_wrong_option_is_refused_by_name(options: dict[str, Any], error: type[Exception], fault: str) -> None:
    with pytest.raises(error) as caught:
        indicia.diff(OLD, NEW, **options)
    assert fault in str(caught.value)


def test_a_column_without_a_declaration_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = indicia.diff(OLD, NEW).pair
    monkeypatch.setattr(DifferenceTables, "units", pair.units.with_columns(median_shift=1.0))
    with pytest.raises(PluginError, match="units has median_shift, which no Column declares"):
        indicia.diff(OLD, NEW).frame("units")


# the tables and texts


def test_the_causes_of_large_moves_are_in_places_gained(folder: Path) -> None:
    difference = indicia.diff("2023", "2024")
    moves = difference.frame("moves_by_cause").select("unit", "gained", "own", "others", "method", "sample")
    (ash,) = difference.frame("causes").filter(unit="Ash").select("^rank_.*$").rows()
    assert moves.rows() == [("Ash", 2.0, *(-part + 0.0 for part in ash))]


def test_an_index_alone_is_compared_with_its_period_before() -> None:
    index = indicia.read(TOWNS)
    answer, last = (
        index.analyse("diff", PANEL),
        indicia.diff(index, index, old_table=PANEL, new_table=PANEL, start=2021),
    )
    assert all(answer.frame(name).equals(last.frame(name)) for name in Diff.tables())
    assert index.analyse("diff", PANEL, period=2021).sentences()[0] == (
        "From Towns 2020 to Towns 2021: 3 units in both, 0 entered, 0 left."
    )
    with pytest.raises(IndiciaError, match="a difference needs two editions, and the index has no periods"):
        indicia.read({**TOWNS, "data": {"unit": "town"}}).analyse("diff", PANEL.head(3))


def test_a_document_lists_the_indicators_whose_values_changed_and_no_others() -> None:
    index = indicia.read({"name": "Towns", "data": {"unit": "town"}, "indicators": {"a": {}, "b": {}}})
    old = {"town": ["Ash", "Elm", "Fir"], "a": [1.0, 3.0, 2.0], "b": [1.0, 2.0, 3.0]}
    difference = indicia.diff(index, index, old_table=old, new_table={**old, "b": [1.0, 2.5, 3.0]})
    assert difference.frame("revision_summary")["changed"].to_list() == [0, 1]
    assert difference.frame("revised")["indicator"].to_list() == ["b"]
    assert Diff.revised in difference.document()
    assert Diff.revision_summary not in difference.document()
    assert Diff.revised not in indicia.diff(index, index, old_table=old, new_table=old).document()
