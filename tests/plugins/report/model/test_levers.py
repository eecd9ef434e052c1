"""The values that take a unit level with another: the engine, with a value in the table, gives the unit the rank."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from random_indices import random_indices

import indicia
from indicia_paper.dossier import Dossier
from indicia_report.markup import Texts
from indicia_report.model import page_model

if TYPE_CHECKING:
    from indicia import Index, Result

Lever = tuple[str, str, str, float]
"""The unit, the unit to draw level with, the indicator and the value."""


def levers_of(result: Result) -> list[Lever]:
    """Return all values that the page of a result has."""
    data = page_model(Dossier(result), Texts.of("en"))
    found, ids = data["levers"], data["unit"]["ids"]
    if found is None:
        return []
    return [
        (ids[int(unit)], ids[rival], data["tree"][node]["id"], value)
        for goals in (found["above"], found["ten"])
        for unit, (rival, listed, *_) in goals.items()
        for node, value in listed
    ]


def ranks_with(index: Index, table: pl.DataFrame, unit: str, indicator: str, value: float) -> dict[str, float]:
    """Score a table with another value of a unit, in the last period of a panel; return the ranks of this period."""
    data = index.definition.data
    row = pl.col(str(data.unit)) == unit
    if data.period is not None:
        row &= pl.col(data.period) == table[data.period].max()
    column = str(index.definition.indicators[indicator].column or indicator)
    changed = table.with_columns(pl.when(row).then(value).otherwise(pl.col(column).cast(pl.Float64)).alias(column))
    scores = index.score(changed).scores
    if data.period is not None:
        scores = scores.filter(pl.col(data.period) == table[data.period].max())
    return dict(scores.select(str(data.unit), "rank").iter_rows())


def assert_enough(index: Index, table: pl.DataFrame, levers: list[Lever], number: int = 12) -> None:
    """Write some of the values into the table, one at a time, and compare the ranks of whole runs."""
    chance = np.random.default_rng(len(levers))
    for place in chance.permutation(len(levers))[:number].tolist():
        unit, rival, indicator, value = levers[place]
        ranks = ranks_with(index, table, unit, indicator, value)
        assert ranks[unit] <= ranks[rival], levers[place]


def test_the_page_of_weights_from_the_data_has_no_values(model: Index) -> None:
    """Jinan's values for rank 10 were 258.4, 8,461 and 7.187, with which the engine gives 11, 11 and 12."""
    assert levers_of(model.score()) == []


def test_the_values_of_an_index_with_fixed_bounds_are_enough_and_just_enough(human: Index) -> None:
    table = human.read_table(None)
    levers = levers_of(human.score())
    assert_enough(human, table, levers)
    of_brazil = {indicator: value for unit, rival, indicator, value in levers if (unit, rival) == ("BRA", "PER")}
    raw = human.reach(table, of="BRA", overtake="PER").frame("raw")
    assert set(of_brazil) == set(raw["indicator"])
    for name, now, needed in raw.select("indicator", "raw", "raw_needed").iter_rows():
        assert 0 <= (of_brazil[name] - needed) / (needed - now) <= 0.01


@pytest.mark.parametrize("ties", ["min", "average", "dense"])
@pytest.mark.parametrize("words", [{}, {"rank_by": "unrounded", "decimals": 1}, {"decimals": 2}])
def test_values_within_those_of_the_other_units_are_enough(ties: str, words: dict[str, Any]) -> None:
    chance = np.random.default_rng(4)
    table = pl.DataFrame({"unit": [f"u{row}" for row in range(15)], **{n: chance.normal(size=15) for n in "abc"}})
    raw = {
        "data": {"unit": "unit"},
        "indicators": {"a": {"weight": 2}, "b": {"direction": "cost"}, "c": {"direction": "target", "target": 0.2}},
        "methodology": {"normalisation": "min_max(lower=0, upper=100)", "weighting": "given", "ties": ties, **words},
    }
    index = indicia.read(raw)
    levers = levers_of(index.score(table))
    assert len(levers) > 20
    assert_enough(index, table, levers, 20)
    for unit, _, indicator, value in levers:
        others = table.filter(pl.col("unit") != unit)[indicator]
        assert others.min() <= value <= others.max()


def test_a_value_has_no_more_decimals_than_the_data() -> None:
    """A law that a country lacks counts 0 or 1, and two tenths of a law are no way."""
    table = pl.DataFrame({"unit": list("ABCD"), "law": [1, 1, 0, 0], "share": [0.9, 0.2, 0.8, 0.4]})
    raw = {"data": {"unit": "unit"}, "indicators": {"law": {"bounds": [0, 1]}, "share": {"bounds": [0, 1]}}}
    levers = levers_of(indicia.read(raw).score(table))
    assert {value for _, _, indicator, value in levers if indicator == "law"} == {1.0}
    assert all(round(value, 1) == value for *_, value in levers)


@pytest.mark.parametrize("words", [{"normalisation": "z_score"}, {"weighting": "entropy"}, {"aggregation": "topsis"}])
def test_values_that_move_the_scores_of_others_are_not_on_the_page(cities: pl.DataFrame, words: dict[str, str]) -> None:
    raw = {"data": {"unit": "city"}, "indicators": {"income": {}, "co2": {"direction": "cost"}}, "methodology": words}
    assert levers_of(indicia.read(raw).score(cities)) == []


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore")
def test_the_values_of_random_indices_are_enough() -> None:
    """Random trees, panels, gaps that are skipped or filled, and rounded dimensions."""
    numbers: list[int] = []

    @seed(38)
    @settings(
        max_examples=100, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None
    )
    @given(random_indices())
    def compared(case: tuple[dict[str, Any], pl.DataFrame]) -> None:
        index, table = indicia.read(case[0]), case[1]
        try:
            levers = levers_of(index.score(table))
        except indicia.IndiciaError:
            return  # a mean that the drawn values do not admit
        numbers.append(len(levers))
        assert_enough(index, table, levers, 4)

    compared()
    assert sum(numbers) > 30
