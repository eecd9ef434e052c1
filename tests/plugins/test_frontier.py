"""The frontier: refused parameters, details, and large tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.errors import DataError, MethodError
from indicia_methods.aggregation import frontier

if TYPE_CHECKING:
    from indicia.methods import Array
    from indicia.result import Result

STORES: dict[str, list[Any]] = {
    "unit": ["A", "B", "C", "D", "E", "F", "G"],
    "customers": [1.0, 2.0, 3.0, 4.0, 4.0, 5.0, 6.0],
    "sales": [5.0, 7.0, 4.0, 3.0, 6.0, 5.0, 2.0],
}
"""Two outputs of seven stores: Cooper, Seiford & Tone (2007), Data Envelopment Analysis."""


def scored(aggregation: Any, table: dict[str, list[Any]] | pl.DataFrame = STORES, **more: Any) -> Result:
    frame = pl.DataFrame(table)
    indicators = {name: "benefit" for name in frame.columns if name != "unit"}
    return indicia.score(
        frame, unit="unit", **{"indicators": indicators, "normalisation": "none", "aggregation": aggregation} | more
    )


def random(units: int, width: int, seed: int = 1) -> Array:
    generator = np.random.default_rng(seed)
    return 1 + generator.lognormal(size=(units, width)) * generator.lognormal(size=(units, 1))


def frame(values: Array) -> pl.DataFrame:
    columns = {f"x{number}": column for number, column in enumerate(values.T)}
    return pl.DataFrame({"unit": [f"u{row}" for row in range(len(values))], **columns})


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({"lower": 0.6}, r"lower bounds are 2 × 0\.6 = 1\.2, more than 1"),
        ({"lower": [0.6, 0.5]}, r"lower bounds are 0\.6 \+ 0\.5 = 1\.1, more than 1"),
        ({"upper": 0.4}, r"upper bounds are 2 × 0\.4 = 0\.8, less than 1"),
        ({"upper": {"sales": 0.1, "customers": 0.3}}, r"upper bounds are 0\.3 \+ 0\.1 = 0\.4, less than 1"),
        ({"lower": {"sales": 0.5}, "upper": 0.4}, r"lower = 0\.5 exceeds upper = 0\.4 for sales"),
        ({"lower": {"profit": 0.5}}, r"lower names profit; the components are customers, sales"),
        ({"lower": [0.1, 0.1, 0.1]}, r"lower has 3 values for 2 components"),
        ({"lower": -0.1}, r"lower must be a share between 0 and 1"),
        ({"upper": 1.5}, r"upper must be a share between 0 and 1"),
    ],
)
@pytest.mark.parametrize("method", ["benefit_of_the_doubt", "geometric_bod"])
def test_bounds_that_exclude_a_sum_of_1_are_refused_with_their_sum(
    method: str, bounds: dict[str, Any], message: str
) -> None:
    with pytest.raises(MethodError, match=message):
        scored({"method": method, **bounds})


def test_the_error_on_units_with_gaps_states_the_sum_of_their_bounds() -> None:
    table = {**STORES, "profit": [1.0, None, 2.0, 3.0, 1.0, 2.0, 2.0]}
    with pytest.raises(MethodError, match=r"of a unit that has 2 of 3 components are 2 × 0\.4 = 0\.8, less than 1"):
        scored("benefit_of_the_doubt(upper=0.4)", table, missing="skip")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"form": "directional", "lower": 0.1}, "lower and upper need the radial form"),
        ({"weights": "common", "upper": 0.9}, "lower and upper need the radial form and own weights"),
        ({"weights": "common", "form": "directional"}, "common weights need the radial form"),
        ({"form": "directional", "direction": [0.0, 0.0]}, "direction must not be negative, nor all zero"),
        ({"shares_of": "weights"}, 'shares_of = "weights" needs lower or upper'),
        ({"shares_of": "weights", "lower": 0.5}, "lower leaves no choice of weights: state these weights"),
        ({"direction": [1.0, 0.5]}, 'direction needs form = "directional"'),
    ],
)
def test_incompatible_parameters_are_refused(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(MethodError, match=message):
        scored({"method": "benefit_of_the_doubt", **parameters})


def test_a_zero_is_refused_where_shares_are_bounded() -> None:
    with pytest.raises(DataError, match="benefit_of_the_doubt of index needs positive values"):
        scored("benefit_of_the_doubt(lower=0.1)", {"unit": ["A", "B"], "x": [0.0, 1.0], "y": [2.0, 1.0]})


def test_a_zero_is_accepted_where_shares_of_the_weights_are_bounded() -> None:
    table = {"unit": ["A", "B"], "x": [0.0, 1.0], "y": [2.0, 1.0]}  # with weights of a half both score 1
    result = scored("benefit_of_the_doubt(lower=0.4, shares_of=weights)", table)
    assert result.scores["score"].to_list() == pytest.approx([1.0, 1.0])


def test_a_unit_has_no_weight_of_a_component_that_it_misses_where_shares_of_the_weights_are_bounded() -> None:
    table = {"unit": ["A", "B", "C"], "x": [4.0, 1.0, None], "y": [1.0, 4.0, 2.0], "z": [1.0, 1.0, 1.0]}
    result = scored("benefit_of_the_doubt(lower=0.3, upper=0.6, shares_of=weights)", table, missing="skip")
    # C: at most 0.6 on y or z, so at least 0.4 on each; B has 4 y + z, so the best is 0.4 of y: 1.4 / 2.2
    assert result.scores["score"].to_list()[2] == pytest.approx(1.4 / 2.2)


@pytest.mark.parametrize("method", ["benefit_of_the_doubt", "benefit_of_the_doubt(lower=0.2)"])
def test_another_unit_of_measure_changes_no_score_if_shares_of_the_score_are_bounded(method: str) -> None:
    scores = scored(method).scores["score"].to_list()
    thousands = {**STORES, "sales": [1000 * value for value in STORES["sales"]]}
    assert scored(method, thousands).scores["score"].to_list() == pytest.approx(scores)


def test_common_weights_need_units_without_gaps() -> None:
    table = {**STORES, "sales": [5.0, None, 4.0, 3.0, 6.0, 5.0, 2.0]}
    with pytest.raises(MethodError, match="common weights need units that have all components"):
        scored("benefit_of_the_doubt(weights=common)", table, missing="skip")


def test_the_details_are_weights_shares_and_peers() -> None:
    details = {row["unit"]: row for row in scored("benefit_of_the_doubt").details().to_dicts()}
    d = details["D"]  # the way of D ends between F and G, where 3 x + y = 20
    assert (d["weight customers"], d["weight sales"]) == pytest.approx((3 / 20, 1 / 20))
    assert (d["share customers"], d["share sales"]) == pytest.approx((12 / 15, 3 / 15))
    assert d["peers"] == "F 0.667, G 0.333"
    assert details["B"]["peers"] == "B 1"


def test_the_details_have_no_weight_of_a_missing_component() -> None:
    table = {**STORES, "sales": [5.0, 7.0, None, 3.0, 6.0, 5.0, 2.0]}
    details = scored("benefit_of_the_doubt", table, missing="skip").details().row(2, named=True)
    assert (details["weight sales"], details["share sales"], details["share customers"]) == (None, None, 1.0)


def test_peers_of_a_panel_that_is_pooled_have_their_period() -> None:
    table = {"unit": ["A", "B", "A", "B"], "year": [1, 1, 2, 2], "x": [1.0, 2.0, 2.0, 4.0], "y": [1.0, 2.0, 2.0, 4.0]}
    for statistics, peers in (("pooled", ["B 2 1", "B 2 1"]), ("period", ["B 1", "B 1"])):
        index = indicia.read(
            {
                "data": {"unit": "unit", "period": "year"},
                "indicators": {"x": {}, "y": {}},
                "methodology": {
                    "normalisation": "none",
                    "aggregation": "benefit_of_the_doubt",
                    "statistics": statistics,
                },
            }
        )
        assert index.score(pl.DataFrame(table)).details()["peers"].to_list()[:2] == peers


def test_common_weights_are_equal_for_all_units_and_optimal() -> None:
    values = random(60, 4)
    own = scored("benefit_of_the_doubt", frame(values)).scores["score"].to_numpy()
    result = scored("benefit_of_the_doubt(weights=common)", frame(values))
    common = result.details().select(pl.col("^weight .*$").unique()).to_numpy()
    assert len(common) == 1
    worth = values @ common[0]
    assert result.scores["score"].to_numpy() == pytest.approx(worth)
    assert worth.max() <= 1 + 1e-12
    assert common.min() >= 0
    for vertex in np.vstack([np.diag(1 / values.max(axis=0)), np.zeros(4)]):  # no way into what is allowed is better
        assert (own - worth) @ (values @ vertex - worth) <= 1e-9


def test_a_solution_is_optimal_on_both_sides() -> None:
    """The primal solution (weights within limits) and the dual (a point made of peers) give the same score."""
    values = random(300, 6)
    table = frame(values)
    for bounds in ({}, {"lower": 0.05, "upper": 0.5}):
        result = scored({"method": "benefit_of_the_doubt", **bounds}, table)
        scores, details = result.scores["score"].to_numpy(), result.details()
        weights, shares = (details.select(pl.col(f"^{name} .*$")).to_numpy() for name in ("weight", "share"))
        assert (values @ weights.T).max(axis=0) == pytest.approx(1.0)
        assert (weights * values).sum(axis=1) == pytest.approx(scores)
        assert shares.sum(axis=1) == pytest.approx(1.0)
        assert shares.min() >= bounds.get("lower", 0.0) - 1e-12
        assert shares.max() <= bounds.get("upper", 1.0) + 1e-12
        if not bounds:
            number = {name: row for row, name in enumerate(table["unit"])}
            for row, peers in enumerate(details["peers"].to_list()):
                pairs = [peer.split() for peer in peers.split(", ")]
                point = sum(float(amount) * values[number[name]] for name, amount in pairs)
                assert (point >= values[row] / scores[row] * 0.98).all()  # amounts have three figures


@pytest.mark.parametrize("form", ["radial", "directional", "multi_directional"])
def test_a_search_for_the_frontier_does_not_change_scores(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table, method = frame(random(2_000, 4)), {"method": "benefit_of_the_doubt", "form": form}
    at_once = scored(method, table).scores["score"].to_list()
    monkeypatch.setattr(frontier, "_MANY", 1_000)
    assert scored(method, table).scores["score"].to_list() == pytest.approx(at_once, abs=1e-12)


@pytest.mark.parametrize("method", ["benefit_of_the_doubt", "benefit_of_the_doubt(lower=0.05, upper=0.4)"])
def test_units_below_the_frontier_do_not_change_scores(method: str) -> None:
    values = random(200, 5)
    scores = scored(method, frame(values)).scores["score"].to_list()
    more = scored(method, frame(np.vstack([values, values * 0.5]))).scores["score"].to_list()
    assert more[:200] == pytest.approx(scores, abs=1e-12)
    assert more[200:] == pytest.approx([score / 2 for score in scores], abs=1e-12)


def test_integers_with_many_ties_are_solved() -> None:
    values = np.random.default_rng(3).integers(1, 4, size=(400, 6)).astype(float)
    scores = scored("benefit_of_the_doubt", frame(values)).scores["score"].to_numpy()
    assert scores.max() == 1
    assert scores[(values == 3).any(axis=1)].min() == 1


def test_costs_are_inputs_of_data_envelopment_and_are_taken_as_measured() -> None:
    table = pl.DataFrame({"unit": ["A", "B"], "staff": [2.0, 4.0], "served": [10.0, 10.0]})
    indicators = {"staff": "cost", "served": "benefit"}
    result = indicia.score(table, unit="unit", indicators=indicators, aggregation="dea")
    assert result.scores["score"].to_list() == [1.0, 0.5]
    assert result.details()["peers"].to_list() == ["A 1", "A 1"]


def test_without_a_cost_data_envelopment_is_the_benefit_of_the_doubt() -> None:
    table = frame(random(80, 4))
    expected = scored("benefit_of_the_doubt", table).scores["score"].to_list()
    assert scored("dea(orientation=output)", table).scores["score"].to_list() == pytest.approx(expected)
    assert scored("dea", table).scores["score"].to_list() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"model": "bcc", "orientation": "both"}, "bcc is oriented to the input or to the output"),
        ({"model": "ccr", "returns": "variable"}, "returns belong to sbm"),
    ],
)
def test_options_that_a_model_of_data_envelopment_lacks_are_refused(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(MethodError, match=message):
        scored({"method": "dea", **parameters})


@pytest.mark.parametrize("model", ["ccr", "bcc", "sbm"])
@pytest.mark.parametrize("returns", ["constant", "variable"])
def test_data_envelopment_agrees_with_a_solver_of_its_own(model: str, returns: str) -> None:
    """Compare with the programme of the papers, input-oriented, solved for each unit."""
    if model != "sbm" and returns == "variable":
        pytest.skip("bcc is ccr with variable returns")
    optimize = pytest.importorskip("scipy.optimize")
    values = random(40, 5, seed=4)
    inputs, outputs = values[:, :2], values[:, 2:]
    sums = [[0.0] * (2 if model == "sbm" else 1) + [1.0] * 40] if model == "bcc" or returns == "variable" else None
    expected = []
    for x, y in zip(inputs, outputs, strict=True):
        shrinking = np.diag(1 / x) / -2 if model == "sbm" else None
        if shrinking is None:
            cost = np.r_[1.0, np.zeros(40)]
            use, make = np.c_[-x, inputs.T], np.c_[np.zeros(3), -outputs.T]
            limits = np.r_[np.zeros(2), -y]
        else:
            cost = np.r_[shrinking.diagonal(), np.zeros(40)]
            use, make = np.c_[np.eye(2), inputs.T], np.c_[np.zeros((3, 2)), -outputs.T]
            limits = np.r_[x, -y]
        solution = optimize.linprog(cost, np.r_[use, make], limits, sums, [1.0] if sums else None)
        expected.append(solution.fun + (model == "sbm"))
    indicators = {f"x{number}": "cost" if number < 2 else "benefit" for number in range(5)}
    aggregation = {"method": "dea", "model": model, "orientation": "input", "returns": returns}
    result = indicia.score(frame(values), unit="unit", indicators=indicators, aggregation=aggregation)
    assert result.scores["score"].to_list() == pytest.approx(expected, abs=1e-9)
