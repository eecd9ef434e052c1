"""Importance of indicators beside weights: the reference of the audit, and published discrepancies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from indicia.analysis import discrepancy, importance, weights_for_importance
from indicia.checks import Rescoring, RunFacts, Subject
from indicia_checks.importance import AttainableImportance
from indicia_checks.influence import LeastInfluential, LeaveOneOut

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

VALUES = {"asem": "asem/golden/build_aggregated.csv", "attitude": "audit/attitude/values.csv"}

MEASURES = {
    "r": ("r", 1e-9),
    "variance_share": ("variance_share", 1e-9),
    "r2_linear": ("linear", 1e-9),
    "s_natural_spline": ("natural_spline", 1e-8),
    "s_loess1": ("local_linear", 1e-9),
    "s_loess2": ("local_quadratic", 1e-9),
    "s_smoothing_df5": ("smoothing_spline", 1e-5),
    "dcor": ("distance_correlation", 1e-9),
    "dcor_bc": ("distance_correlation_corrected", 1e-9),
}
"""The column of each figure of the reference, and the precision that its README states."""

LEFT_OUT = {"smoothing_log10_lambda": "a value of the solver; the curve at five degrees of freedom is compared"}


@pytest.mark.parametrize("name", VALUES)
def test_importance_is_that_of_the_reference(name: str, reference: Path, assert_equal: Callable[..., None]) -> None:
    wanted = pl.read_csv(reference / "audit" / name / "importance.csv")
    found = importance(pl.read_csv(reference / VALUES[name]), "Index", dict(wanted["item", "weight"].rows()))
    assert set(wanted.columns) - set(MEASURES) - set(LEFT_OUT) == {"item", "distinct", "weight"}
    differing = [
        (item, counted)
        for item, ours, counted in zip(wanted["item"], found["distinct"], wanted["distinct"], strict=True)
        if ours != counted
    ]
    assert differing == (
        [("TolMin", 41)] if name == "asem" else []
    )  # the reference counts two values that differ by 1e-16
    for column, (measure, precision) in MEASURES.items():
        ours = found.select(pl.col(measure).alias(column), item="indicator")
        assert_equal(ours, wanted.select("item", column), "item", precision=precision)


def test_discrepancies_of_weight_and_importance_are_those_of_the_paper(reference: Path) -> None:
    folder = reference / "audit" / "importance_discrepancy"
    effects = pl.read_csv(folder / "main_effects.csv")
    for name, estimator, printed, exact in pl.read_csv(folder / "discrepancy.csv").iter_rows():
        rows = effects.filter(index=name)
        weights = dict(rows["indicator", "weight"].rows())
        found = discrepancy(weights, dict(rows["indicator", f"s_{estimator}"].rows())).maximum
        assert found == pytest.approx(exact, abs=1e-9), (name, estimator)
        assert found == pytest.approx(printed, abs=0.01), (name, estimator)


def test_weights_that_make_all_indicators_equally_important_are_those_of_the_reference(reference: Path) -> None:
    folder = reference / "audit" / "handbook_tai" / "computed"
    wanted = pl.read_csv(folder / "inverse_weights.csv")
    found = weights_for_importance(pl.read_csv(folder / "normalised.csv"), dict.fromkeys(wanted["indicator"], 1))
    assert found["weight"].to_list() == pytest.approx(wanted["weight_for_equal_importance"].to_list(), abs=1e-9)
    assert found["r2"].to_list() == pytest.approx(wanted["r2_with_that_index"].to_list(), abs=1e-9)


def test_equal_weights_have_the_importance_of_the_reference(reference: Path) -> None:
    folder = reference / "audit" / "handbook_tai" / "computed"
    wanted = pl.read_csv(folder / "inverse_weights.csv")
    weights = dict.fromkeys(wanted["indicator"], 1 / 8)
    found = importance(pl.read_csv(folder / "normalised.csv"), "index", weights, measures=["linear"])
    assert found["linear"].to_list() == pytest.approx(wanted["r2_with_equal_weights"].to_list(), abs=1e-9)


@pytest.fixture(scope="module")
def technology(reference: Path) -> Subject:
    """Return the Handbook's index of eight indicators with equal weights."""
    values = pl.read_csv(reference / "audit" / "handbook_tai" / "computed" / "normalised.csv")
    indicators = values.select(pl.exclude("country", "index", "rank"))
    run = RunFacts.of({"index": indicators}, units=values["country"])
    return Subject.of(values.select("country"), indicators, run=run, rescorer=OmissionsOfMean(indicators))


class OmissionsOfMean:
    """Further runs of the mean of indicators."""

    def __init__(self, indicators: pl.DataFrame) -> None:
        self.indicators = indicators

    def without_set(self, names: Sequence[str]) -> Rescoring | str:
        scores = self.indicators.select(pl.mean_horizontal(pl.exclude(names))).to_series().round(12)
        return Rescoring(scores.to_numpy(), scores.rank("min", descending=True).cast(pl.Float64).to_numpy())

    def without_parts(self) -> dict[str, Rescoring | str]:
        return {name: self.without_set([name]) for name in self.indicators.columns}

    def without_units(self, names: Sequence[str]) -> dict[str, Rescoring | str]:
        raise NotImplementedError

    def with_choice(self, stage: str, method: str, node: str | None = None) -> Rescoring | str:
        raise NotImplementedError


def test_the_handbooks_removable_indicators_are_those_of_the_reference(technology: Subject, reference: Path) -> None:
    expected = pl.read_csv(reference / "audit" / "handbook_tai" / "audit_findings.csv").filter(code="W05")
    removable = {
        f"without {finding.where}": round(finding.value, 3)
        for finding in LeaveOneOut().look(technology)
        if finding.value is not None and "removable" in finding.sentence
    }
    assert removable == {where: float(value) for where, value in expected["where", "value"].rows()}


def test_the_ranks_without_the_least_influential_indicators_are_those_of_table_41(
    technology: Subject, reference: Path
) -> None:
    ranks = pl.read_csv(reference / "audit" / "handbook_tai" / "t23_t38_t41_ranks.csv")
    stay = int((ranks["t23_ew"] == ranks["t41_without_telephones_electricity"]).sum())
    _, omission = LeastInfluential().look(technology)
    assert omission.value == stay / 23
    assert omission.sentence == (
        "without telephones, electricity, which have 5 % of the standardised coefficients, 21 of 23 ranks stay, and the"
        " largest shift is 2"
    )


def test_no_weights_make_the_handbooks_indicators_equally_important(technology: Subject) -> None:
    (finding,) = AttainableImportance().look(technology)
    assert finding.sentence == (
        "no weights of 0 or more make importance in a weighted mean equal to the weights of index: the equation needs"
        " royalties -0.085, patents -0.018"
    )
