"""Every table of every outcome is as declared, for random indices, the examples and the gallery.

`test_order_of_rows` compares each table of a panel with its declaration too, so that no table stays without a case.
"""

from __future__ import annotations

import tomllib
import warnings
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from declared_tables import faults_of
from hypothesis import given, settings
from random_indices import random_indices
from reference_folder import folder_of_case

import indicia
from indicia.analyses import Column, Kind, Table
from indicia.analyses.columns import OF_UNITS
from indicia.errors import IndiciaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
CASES: dict[str, dict[str, Any]] = tomllib.loads((ROOT / "tests/published/cases.toml").read_text(encoding="utf-8"))
WITH_DATA = [name for name, case in CASES.items() if folder_of_case(name, case).is_dir()]
RANKS = Table(
    "Ranks", *OF_UNITS, Column("rank", Kind.RANK, "the rank"), Column("{part}", Kind.SCORE, "a score"), by=("rank",)
)
NAMES = {"unit": ("city",), "period": (), "label": (), "group": ("region",), "part": ("air", "water")}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda frame: frame.drop("rank"), "lacks rank, which a Column declares"),
        (lambda frame: frame.with_columns(soil=0.5), "has soil, which no Column declares"),
        (lambda frame: frame.with_columns(air=pl.lit("0.5")), "has air as String, and its Column declares Float64"),
        (lambda frame: frame.select("city", "rank", "region", "air"), "has its columns in another order"),
    ],
    ids=["absent", "undeclared", "type", "order"],
)
def test_a_frame_that_differs_from_its_declaration_is_found(
    change: Callable[[pl.DataFrame], pl.DataFrame], fault: str
) -> None:
    frame = pl.DataFrame({"city": ["Oslo", "Lima"], "region": ["n", "s"], "rank": [1, 2], "air": [0.5, 0.1]})
    assert list(RANKS.problems(frame, NAMES)) == []
    assert [fault in problem for problem in RANKS.problems(change(frame), NAMES)] == [True]
    assert RANKS.is_in_order(frame, NAMES)
    assert not RANKS.is_in_order(frame[::-1], NAMES)


def check(outcomes: Iterator[Any]) -> int:
    """Compare each table of each outcome with its declaration; return the number of tables."""
    compared = 0
    for outcome in outcomes:
        for name in outcome.table_names:
            try:
                frame = outcome.frame(name)
            except IndiciaError:
                continue
            assert faults_of(outcome, name, frame) == [], type(outcome).__name__
            compared += 1
    return compared


def outcomes_of(index: Any, table: Any) -> Iterator[Any]:
    """Yield the outcomes of an index that its data and methods allow."""
    first = index.score(table)
    yield first
    ranked = first.scores.drop_nulls("rank")[first.unit].unique().sort().to_list()
    yield from _possible(
        lambda: index.check(table),
        lambda: index.compare(table=table, normalisation=["min_max", "z_score"]),
        lambda: index.robustness(table, draws=20, seed=1, weights={"spread": 0.25}, sensitivity=4),
        lambda: index.coherence(table),
        lambda: index.importance(table),
        lambda: index.explain(table, of=ranked[0]),
        lambda: index.gap(table, a=ranked[0], b=ranked[-1]),
        lambda: indicia.diff(index, index, old_table=table, new_table=table),
    )


def _possible(*runs: Callable[[], Any]) -> Iterator[Any]:
    for run in runs:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                outcome = run()
            except IndiciaError:
                continue
        yield outcome


@given(random_indices())
@settings(max_examples=2)
def test_results_of_random_indices_have_the_declared_tables(drawn: tuple[dict[str, Any], pl.DataFrame]) -> None:
    index, frame = drawn
    assert check(iter([indicia.read(index).score(frame)])) > 8


@pytest.mark.thorough
@given(random_indices())
@settings(max_examples=20)
def test_all_outcomes_of_random_indices_have_the_declared_tables(drawn: tuple[dict[str, Any], pl.DataFrame]) -> None:
    index, frame = drawn
    assert check(outcomes_of(indicia.read(index), frame)) > 50


@pytest.mark.thorough
@pytest.mark.parametrize("path", sorted(ROOT.glob("examples/[!g]*/index.toml")), ids=lambda path: path.parent.name)
def test_all_outcomes_of_the_examples_have_the_declared_tables(path: Path) -> None:
    assert check(outcomes_of(indicia.read(path), None)) > 50


@pytest.mark.thorough
@pytest.mark.parametrize("name", WITH_DATA)
def test_all_outcomes_of_the_gallery_have_the_declared_tables(name: str) -> None:
    case = CASES[name]
    index = indicia.read(ROOT / "examples" / "gallery" / f"{case.get('file', name)}.toml")
    index = index.variant(case["variant"]) if "variant" in case else index
    table = folder_of_case(name, case) / case.get("table", "indicators.csv")
    assert check(islice(outcomes_of(index, table), 2)) > 10  # the others take minutes on large tables
