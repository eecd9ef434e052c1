"""Obstacles are shares of what is lacking; coupling asks for dimensions that advance together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
import pytest
from workbook_fixtures import EXAMPLES

import indicia
from indicia import IndiciaError
from indicia.analysis import coupling_coordination, obstacle_degree

if TYPE_CHECKING:
    from pathlib import Path

CITIES = pl.DataFrame(
    {"city": ["Lima", "Oslo", "Pune", "Rome"], "income": [3.0, 9.0, 0.0, 9.0], "air": [5.0, 1.0, 0.0, 5.0]}
)


def shares(table: pl.DataFrame, best: float = 1.0, **methods: object) -> list[tuple[object, ...]]:
    result = indicia.score(table, unit="city", **{"weighting": "equal", **methods})
    return obstacle_degree(result, best=best).rows()


def test_obstacles_are_shares_of_the_weighted_gaps() -> None:
    # Oslo lacks 0.8 of air alone; Pune lacks all of both
    assert shares(CITIES) == [("Lima", 1, 0), ("Oslo", 0, 1), ("Pune", 0.5, 0.5), ("Rome", 0, 0)]


def test_the_scale_of_the_scores_does_not_matter() -> None:
    wanted = [pytest.approx(row[1:]) for row in shares(CITIES)]
    assert [row[1:] for row in shares(CITIES, best=100, normalisation="min_max(upper=100)")] == wanted


def test_what_a_unit_misses_is_no_obstacle() -> None:
    table = CITIES.with_columns(air=pl.Series([None, 1.0, 0.0, 5.0]))
    assert shares(table, missing="skip")[0] == ("Lima", 1, None)


def test_weights_of_dimensions_count_too() -> None:
    index = indicia.read(
        {
            "data": {"unit": "city"},
            "dimensions": {"wealth": {"weight": 3}, "health": {"weight": 1}},
            "indicators": {"income": {"dimension": "wealth"}, "air": {"dimension": "health"}},
            "methodology": {"weighting": "given"},
        }
    )
    assert obstacle_degree(index.score(CITIES)).row(2) == ("Pune", 0.75, 0.25)


def test_weights_that_differ_between_periods_count_in_their_own() -> None:
    panel = pl.concat([CITIES.with_columns(year=pl.lit(2020)), CITIES.head(3).with_columns(year=pl.lit(2021))])
    methodology = {"weighting": "entropy", "weights": "period"}
    index = indicia.read(
        {
            "data": {"unit": "city", "period": "year"},
            "indicators": {"income": {}, "air": {}},
            "methodology": methodology,
        }
    )
    result = index.score(panel)
    found = obstacle_degree(result).filter(city="Pune")  # which lacks all of both, so that shares are weights
    weights = result.weights.pivot("id", index="year", values="effective")
    assert weights["income"].n_unique() == 2
    assert found.select("year", "income", "air").rows() == [pytest.approx(row) for row in weights.rows()]


def test_values_that_are_not_between_worst_and_best_have_no_obstacles() -> None:
    with pytest.raises(IndiciaError, match="need normalised values from 0 to 1, unlike income"):
        shares(CITIES, normalisation="z_score")


def test_costs_that_stay_costs_have_no_obstacles(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "from dataclasses import dataclass\n"
        "from indicia.catalogue import hookimpl\n"
        "from indicia.methods import Aggregation, row_sum\n\n"
        "@dataclass(frozen=True)\n"
        "class Net(Aggregation):\n"
        "    '''Take costs from benefits.'''\n"
        "    name = 'net'\n"
        "    reference = 'Example'\n"
        "    oriented = False\n"
        "    def combine(self, components):\n"
        "        return row_sum(c.z if c.direction == 'benefit' else -c.z for c in components)\n\n"
        "@hookimpl\n"
        "def indicia_aggregations():\n"
        "    return [Net]\n"
    )
    words = {
        "data": {"unit": "city"},
        "indicators": {"income": {}, "air": {"direction": "cost"}},
        "methodology": {"aggregation": "net"},
    }
    with pytest.raises(IndiciaError, match="net does not reverse costs"):
        obstacle_degree(indicia.read(words, plugins=[file]).score(CITIES))


@dataclass(frozen=True)
class Case:
    growth: float | None
    nature: float | None
    plain: tuple[float | None, float | None, float | None]
    adjusted: tuple[float | None, float | None, float | None]


@pytest.mark.parametrize(
    "case",
    [
        # C = 2 √(0.2 · 0.8) / 1 = 0.8; adjusted √((1 - 0.6) · 0.2 / 0.8) = √0.1
        Case(0.2, 0.8, (0.8, 0.5, 0.4**0.5), (0.1**0.5, 0.5, (0.1**0.5 / 2) ** 0.5)),
        Case(0.5, 0.5, (1.0, 0.5, 0.5**0.5), (1.0, 0.5, 0.5**0.5)),
        Case(0.0, 0.5, (0.0, 0.25, 0.0), (0.0, 0.25, 0.0)),
        Case(0.0, 0.0, (None, 0.0, 0.0), (None, 0.0, 0.0)),
        Case(0.5, None, (None, None, None), (None, None, None)),
    ],
)
def test_coupling_is_full_where_dimensions_are_equal(case: Case) -> None:
    table = pl.DataFrame(
        {"growth": [case.growth], "nature": [case.nature]}, schema={"growth": pl.Float64, "nature": pl.Float64}
    )
    for adjusted, wanted in ((False, case.plain), (True, case.adjusted)):
        found = coupling_coordination(table, ["growth", "nature"], adjusted=adjusted)
        assert found.select("coupling", "coordination", "degree").row(0) == pytest.approx(wanted)


def test_scores_of_100_can_be_coupled_after_a_division_by_100() -> None:
    # the best score of application and promotion is 100.00000000000001
    cities = indicia.read(EXAMPLES / "intelligent_manufacturing" / "index.toml").score()
    dimensions = [part.id for part in cities.scored.tree.components]
    shares = cities.scores.with_columns(pl.col(dimensions) / 100)
    assert shares.select(pl.max_horizontal(pl.col(dimensions).max())).item() > 1
    for adjusted in (False, True):
        found = coupling_coordination(shares, dimensions, adjusted=adjusted)["degree"]
        assert found.is_between(0, 1).all()
        assert not found.has_nulls()


@pytest.mark.parametrize("adjusted", [False, True])
@pytest.mark.parametrize("beyond", [-1e-10, 1 + 1e-10])
def test_a_dimension_at_an_end_of_its_range_has_the_coupling_of_this_end(beyond: float, adjusted: bool) -> None:
    table = pl.DataFrame({"growth": [beyond, round(beyond)], "nature": [0.5, 0.5]})
    found = coupling_coordination(table, ["growth", "nature"], adjusted=adjusted)
    assert found.select("coupling", "coordination", "degree").n_unique() == 1


def test_weights_of_coupled_dimensions_are_scaled() -> None:
    table = pl.DataFrame({"growth": [0.2], "nature": [0.8]})
    assert coupling_coordination(table, {"growth": 3, "nature": 1})["coordination"].item() == pytest.approx(0.35)


@pytest.mark.parametrize(
    ("dimensions", "message"),
    [
        (["growth"], "two dimensions or more"),
        (["growth", "natur"], 'unknown column "natur"\n  fix: did you mean "nature"?'),
        (["growth", "size"], "from 0 to 1, unlike size"),
        ({"growth": 1, "nature": -1}, "from 0 up, not all 0"),
        ({"growth": 0, "nature": 0}, "from 0 up, not all 0"),
    ],
)
def test_dimensions_that_cannot_be_coupled_are_refused(dimensions: object, message: str) -> None:
    table = pl.DataFrame({"growth": [0.2], "nature": [0.8], "size": [7.0]})
    with pytest.raises(IndiciaError) as caught:
        coupling_coordination(table, dimensions)
    assert message in str(caught.value)
