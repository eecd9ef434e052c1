"""Moves between two editions, beside figures that others computed: hdi has fixed goalposts, cities the sample's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from indicia.index import read
from indicia_editions.causes import causes_of, totals_of
from indicia_editions.edition import Edition
from indicia_editions.move import explain_move
from indicia_editions.scenarios import CAUSES, Scenarios

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCALE = {"hdi": 1.0, "cities": 100.0}
"""The width of the scale of scores."""


@pytest.fixture(scope="module", params=SCALE)
def folder(request: pytest.FixtureRequest, reference: Path) -> Path:
    """Return a folder of the reference, for each in turn."""
    return reference / "explain" / str(request.param)


@pytest.fixture(scope="module")
def editions(folder: Path) -> tuple[Edition, Edition]:
    """Return the old and the new edition."""
    return Edition.of(read(folder / "index_old.toml")), Edition.of(read(folder / "index.toml"))


@pytest.fixture(scope="module")
def causes(editions: tuple[Edition, Edition]) -> pl.DataFrame:
    """Return the causes of all units."""
    return causes_of(*editions)


def test_the_sixteen_runs_have_the_scores_and_ranks_of_the_reference(
    folder: Path, editions: tuple[Edition, Edition], assert_equal: Callable[..., None]
) -> None:
    published = pl.read_csv(folder / "move_scenarios.csv")
    scenarios = Scenarios.of(*editions, published["unit"].unique(maintain_order=True).to_list())
    rows = [
        (unit, *bits, scenarios.scores[(*bits, number)], scenarios.ranks[(*bits, number)])
        for number, unit in enumerate(scenarios.units)
        for bits in published.select(CAUSES).unique().iter_rows()
    ]
    computed = pl.DataFrame(rows, schema=published.schema, orient="row")
    assert_equal(computed, published, "unit", *CAUSES)


def test_all_units_have_the_causes_of_the_reference(
    folder: Path, causes: pl.DataFrame, assert_equal: Callable[..., None]
) -> None:
    published = pl.read_csv(folder / "edition.csv").filter(pl.col("status") == "both")
    published = published.rename({published.columns[0]: "unit"}).select(causes.columns)
    # parts that are 0 are so up to rounding: the precision is relative to the scale of scores and to the ranks
    for what, size in (("score", SCALE[folder.name]), ("rank", len(published))):
        columns = ["unit", *(f"{what}_{cause}" for cause in CAUSES)]
        assert_equal(causes.select(columns), published.select(columns), "unit", precision=1e-9 * size, absolute=True)


def test_the_totals_of_causes_are_those_of_the_reference(
    folder: Path, causes: pl.DataFrame, assert_equal: Callable[..., None]
) -> None:
    assert_equal(totals_of(causes), pl.read_csv(folder / "edition_totals.csv"), "what", "cause")


def test_the_causes_add_up_to_the_move(causes: pl.DataFrame, editions: tuple[Edition, Edition], folder: Path) -> None:
    old, new = editions
    for what, precision in (("score", 1e-12 * SCALE[folder.name]), ("rank", 1e-12 * len(causes))):
        before, after = (dict(zip(edition.units, getattr(edition, f"{what}s"), strict=True)) for edition in editions)
        moves = [after[unit] - before[unit] for unit in causes["unit"]]
        sums = causes.select(pl.sum_horizontal(f"{what}_{cause}" for cause in CAUSES)).to_series()
        assert sums.to_list() == pytest.approx(moves, abs=precision)
    assert set(causes["unit"]) == set(old.units) & set(new.units)


def test_the_move_of_a_unit_has_the_parts_and_ranges_of_the_reference(
    folder: Path, editions: tuple[Edition, Edition]
) -> None:
    published = pl.read_csv(folder / "move.csv")
    for (unit,), rows in published.group_by("unit", maintain_order=True):
        causes = explain_move(*editions, str(unit)).causes.filter(pl.col("cause") != "data")
        assert causes.select("what", "cause").equals(rows.select("what", "cause"))
        for column in ("shapley", "first", "last", "lowest", "highest"):
            assert causes[column].to_list() == pytest.approx(rows[column].to_list(), rel=1e-9, abs=1e-11)


def test_the_parts_of_indicators_add_up_to_own_data(folder: Path, editions: tuple[Edition, Edition]) -> None:
    unit = pl.read_csv(folder / "move.csv")["unit"][0]
    move = explain_move(*editions, unit)
    own = move.causes.row(by_predicate=(pl.col("what") == "score") & (pl.col("cause") == "own"), named=True)
    assert move.parts["part"].sum() == pytest.approx(own["shapley"], abs=1e-12 * SCALE[folder.name])
