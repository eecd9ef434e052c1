"""Weights that enter the score as they stand in the index file: `scale_weights = false`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from report_pages import model_of_page, page_of

import indicia
from indicia.errors import DefinitionError, MethodError
from indicia.run.draws import Draws, effective_weights, score_draws
from indicia_bundle import fitted
from indicia_report.markup import Texts
from indicia_report.method.methodology import methodology
from indicia_report.period_view import PeriodView
from indicia_workbook.trace import trace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.index import Index

    Make = Callable[..., Index]

TABLE = pl.DataFrame({"city": ["c1", "c2", "c3"], "a": [2.0, 4.0, 8.0], "b": [8.0, 1.0, 2.0]})
PRINTED: dict[str, Any] = {"a": {"weight": 0.6}, "b": {"weight": 0.6}}
RAW = {"normalisation": "none", "scale_weights": False}
SHEETS = ("data", "normalised", "weights", "statistics", "steps", "level 0")


@pytest.fixture
def printed(index: Make) -> Callable[..., Index]:
    """Return a function that makes an index whose weights are not scaled."""

    def make(indicators: dict[str, Any] = PRINTED, *, dimensions: Any = None, **methodology: Any) -> Index:
        tables = {} if dimensions is None else {"dimensions": dimensions}
        return index(indicators, {**RAW, **methodology}, groups=(), **tables)

    return make


@pytest.mark.parametrize(
    ("aggregation", "expected"),
    [
        ("arithmetic", [0.6 * 2 + 0.6 * 8, 0.6 * 4 + 0.6 * 1, 0.6 * 8 + 0.6 * 2]),
        ("geometric", [16**0.6, 4**0.6, 16**0.6]),
        ("weighted_product", [16**0.6, 4**0.6, 16**0.6]),
        ("formula(expression='sum(w * each)')", [6.0, 3.0, 6.0]),
    ],
)
def test_weights_enter_a_sum_or_a_product_as_printed(printed: Make, aggregation: str, expected: list[float]) -> None:
    result = printed(aggregation=aggregation).score(TABLE)
    assert result.scores.sort("city")["score"].to_list() == pytest.approx(expected)


def test_weights_of_the_index_file_keep_their_last_digit(printed: Make) -> None:
    """0.3 / 0.9 × 0.9 is not 0.3 in binary numbers for every weight."""
    weights = [0.225, 0.135, 0.093, 0.093, 0.225, 0.135, 0.093]
    indicators = {f"x{at}": {"weight": weight} for at, weight in enumerate(weights)}
    table = pl.DataFrame({"city": ["c1", "c2"], **{name: [1.0, 2.0] for name in indicators}})
    assert printed(indicators).score(table).weights["weight"].to_list() == weights


def test_weights_of_present_parts_are_scaled_up_to_the_printed_sum(printed: Make) -> None:
    table = TABLE.with_columns(b=pl.Series([8.0, None, 2.0]))
    result = printed({"a": {"weight": 0.7}, "b": {"weight": 0.5}}, missing="skip").score(table)
    assert result.scores.sort("city")["score"].to_list() == pytest.approx([5.4, 1.2 * 4, 6.6])


def test_effective_weights_are_products_of_printed_weights_and_contributions_sum_to_the_score(printed: Make) -> None:
    indicators = {"a": {"weight": 0.7, "dimension": "d"}, "b": {"weight": 0.5, "dimension": "d"}}
    result = printed(indicators, dimensions={"d": {"weight": 0.5}}).score(TABLE)
    assert dict(result.weights.select("id", "effective").iter_rows()) == pytest.approx({"d": 0.5, "a": 0.35, "b": 0.25})
    totals = result.contributions.select(pl.sum_horizontal("a", "b")).to_series().to_list()
    assert totals == pytest.approx(result.scores.sort("city")["score"].to_list())
    assert totals[0] == pytest.approx(0.35 * 2 + 0.25 * 8)


def test_a_dimension_alone_may_leave_its_weights_unscaled(index: Make) -> None:
    indicators = {"a": {"weight": 2, "dimension": "d"}, "b": {"weight": 1, "dimension": "d"}}
    made = index(indicators, {"normalisation": "none"}, groups=(), dimensions={"d": {"scale_weights": False}})
    assert made.score(TABLE).scores.sort("city")["score"].to_list() == [12.0, 9.0, 18.0]


def test_weights_of_another_method_get_the_printed_sum(printed: Make) -> None:
    result = printed({"a": {"weight": 0.9}, "b": {"weight": 0.3}}, weighting="equal").score(TABLE)
    assert result.scores.sort("city")["score"].to_list() == pytest.approx([6.0, 3.0, 6.0])


def test_an_indicator_that_is_left_out_leaves_the_printed_sum(printed: Make) -> None:
    table, indicators = TABLE.with_columns(c=pl.lit(5.0)), {**PRINTED, "c": {"weight": 0.3}}
    result = printed(indicators, normalisation="z_score", constant="drop").score(table)
    assert result.weights["weight"].to_list() == pytest.approx([0.75, 0.75])


@pytest.mark.parametrize("aggregation", ["arithmetic", "geometric"])
def test_draws_of_weights_keep_the_printed_sum(printed: Make, aggregation: str) -> None:
    made = printed(aggregation=aggregation)
    scored = made.score(TABLE).scored
    draws = Draws(2, {"index": np.array([[0.5, 0.5], [0.25, 0.75]])})
    found = score_draws(made.definition, scored, draws)
    other = printed({"a": {"weight": 0.3}, "b": {"weight": 0.9}}, aggregation=aggregation).score(TABLE).scored
    expected = [run.nodes["index"].to_list() for run in (scored, other)]
    assert found.tolist() == [pytest.approx(scores) for scores in expected]
    assert effective_weights(scored, draws)["a"].tolist() == pytest.approx([0.6, 0.3])


def test_critical_weights_are_those_of_the_same_ranking_by_scaled_weights(index: Make) -> None:
    """The weights of d sum to 2, so that d counts twice as much as c: 1 : 1 unscaled equals 2 : 1 scaled."""
    table = TABLE.with_columns(c=pl.Series([3.0, 6.0, 1.0]))
    indicators = {
        "c": {"weight": 1},
        "a": {"weight": 1.2, "dimension": "d"},
        "b": {"weight": 0.8, "dimension": "d"},
    }
    changes = []
    for dimension in ({"weight": 1, "scale_weights": False}, {"weight": 2}):
        made = index(indicators, {"normalisation": "none"}, groups=(), dimensions={"d": dimension})
        weights = made.stability(table).frame("weights").filter(of="d").drop("weight")
        changes.append(weights.sort("part").with_columns(pl.col(pl.Float64).round(12)))
    assert changes[0].equals(changes[1])


def test_a_workbook_has_live_formulas_with_unscaled_weights(printed: Make) -> None:
    table = TABLE.with_columns(b=pl.Series([8.0, None, 2.0]))
    contents = trace(printed(missing="skip").score(table), {name: name for name in SHEETS}, 1, "en")
    assert contents.not_live == {}
    assert [(row.entered, row.within, row.scaled) for row in contents.weights] == [(0.6, 0.6, False)] * 2


def test_a_page_computes_with_the_printed_sum(printed: Make) -> None:
    view = PeriodView(printed().score(TABLE), languages=("en",))
    assert view.contributions is not None
    assert view.contributions.sum(axis=1).tolist() == pytest.approx(view.scores.tolist())
    index = model_of_page(page_of(view.result))["tree"][0]
    assert (index["w"], index["total"], index["exact"]) == ([0.6, 0.6], 1.2, True)
    assert view.shares_in_parents == pytest.approx({("index", "a"): 0.5, ("index", "b"): 0.5})
    text = methodology(view, Texts(("en",)))
    assert "are not scaled to sum 1: they enter the score with their sum, 1.2." in text


def test_a_note_and_the_manifest_tell_that_weights_are_not_scaled(printed: Make) -> None:
    result = printed().score(TABLE)
    assert list(map(str, result.notes)) == ["weights of index sum to 1.2 and are not scaled to 1"]
    assert result.manifest["nodes"]["index"]["scale_weights"] is False
    scaled = printed(scale_weights=True).score(TABLE)
    assert "scale_weights" not in scaled.manifest["nodes"]["index"]


def test_a_fitted_index_leaves_the_weights_unscaled(printed: Make, tmp_path: Path) -> None:
    fitted.fit(printed(), TABLE).write(tmp_path / "fitted.json")
    assert fitted.read(tmp_path / "fitted.json").score(TABLE[:1]).scores["score"].to_list() == [6.0]


FILE = """[indicators]
a = { weight = 0.6 }
b = {}

[methodology]
scale_weights = false
aggregation = "arithmetic"
"""


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (
            ('aggregation = "arithmetic"', 'aggregation = "harmonic"'),
            MethodError,
            "harmonic of index needs weights that sum to 1, and scale_weights = false leaves their sum\n"
            '  index.toml:6   scale_weights = false\n  index.toml:7   aggregation = "harmonic"\n'
            '  fix: scale_weights = true, or a weighted sum or product there: aggregation = "arithmetic"',
        ),
        (
            ("", ""),
            DefinitionError,
            "scale_weights = false takes the weights of index as they stand, and no weight is stated for b\n"
            "  index.toml:6   scale_weights = false\n  index.toml:3   b = {}\n"
            "  fix: write a weight for each part of index, or leave out scale_weights",
        ),
    ],
)
def test_weights_that_cannot_stay_unscaled_are_refused_with_both_lines(
    tmp_path: Path, change: tuple[str, str], error: type[Exception], said: str
) -> None:
    path = tmp_path / "index.toml"
    path.write_text(FILE.replace(*change))
    with pytest.raises(error) as caught:
        indicia.read(path).score(TABLE)
    assert str(caught.value) == said
