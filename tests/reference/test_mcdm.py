"""Multi-criteria methods on six matrices of the literature, beside a derivation of its own and the field's packages."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import polars as pl
import pytest

from indicia import IndiciaError, IndiciaWarning

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from indicia.result import Result

    Score = Callable[[dict[str, Any], pl.DataFrame], Result]


@dataclass(frozen=True)
class Way:
    """How the figures of a file are computed."""

    normalisation: str | None = None
    weighting: str | None = None
    aggregation: str | None = None
    directed: bool = True
    """Costs are costs; else every indicator is a benefit."""
    signed: bool = True
    """Defined for negative values and zeros too."""


WAYS = {
    "norm-minmax": Way("min_max"),
    "norm-minmax-plain": Way("min_max", directed=False),
    "norm-zscore-plain": Way("z_score(ddof=0)", directed=False),
    "norm-zscore-sample": Way("z_score", directed=False),
    "norm-vector": Way("vector"),
    "norm-vector-plain": Way("vector", directed=False),
    "norm-sum": Way("sum", signed=False),
    "norm-sum-plain": Way("sum", directed=False, signed=False),
    "norm-linear": Way("linear_ratio", signed=False),
    "norm-max": Way("max", signed=False),
    "weight-equal": Way(weighting="equal"),
    "weight-entropy": Way(weighting='entropy(on="raw")', signed=False),
    "weight-std": Way(weighting='standard_deviation(on="raw")'),
    "weight-critic": Way("min_max", weighting="critic"),
    "weight-critic-undirected": Way("min_max", weighting="critic", directed=False),
    "agg-topsis-vector": Way(aggregation="topsis"),
    "agg-topsis-minmax": Way("min_max", aggregation="topsis"),
    "agg-wsm-minmax": Way(aggregation="arithmetic"),
    "agg-wsm-linear": Way("linear_ratio", aggregation="arithmetic", signed=False),
    "agg-wsm-sum": Way("sum", aggregation="arithmetic", signed=False),
    "agg-wpm-linear": Way("linear_ratio", aggregation="geometric", signed=False),
    "agg-wpm-sum": Way("sum", aggregation="geometric", signed=False),
}

AHP = {
    "weight-ahp-eigen": "eigenvector",
    "weight-ahp-geomean": "geometric_mean",
    "weight-ahp-colmean": "column_mean",
}
AHP_FACTS = {"weight-ahp-lambda": "lambda_max", "weight-ahp-ci": "CI", "weight-ahp-cr": "CR"}

NOT_SHIPPED = """
norm-accuracy norm-log norm-maxabs-plain norm-nonlinear norm-turskis
weight-ahp-rowsum weight-angle weight-angle-directed weight-cilos weight-critic-spearman weight-cv weight-gini
weight-idocriw weight-lopcow weight-merec weight-mpsi weight-rank-reciprocal weight-rank-sum weight-roc weight-variance
agg-aras agg-aroman agg-borda-criteria agg-cocoso agg-codas agg-copras agg-cradis agg-edas agg-ervd agg-fmf
agg-fmf-unweighted agg-gra agg-lmaw agg-lopm agg-mabac agg-mairca agg-mara agg-marcos agg-maut-ln agg-maut-log
agg-maut-quad agg-moora agg-moora-refpoint agg-moosra agg-ocra agg-owa-minmax agg-piv agg-probid
agg-promethee1-minus-usual agg-promethee1-plus-usual agg-promethee2-gaussian agg-promethee2-level
agg-promethee2-linear agg-promethee2-ushape agg-promethee2-usual agg-promethee2-vshape agg-prosa-c agg-psi agg-rafsi
agg-ram agg-rim agg-rov agg-spotis agg-sprobid agg-todim agg-vikor agg-vikor-r agg-vikor-s agg-waspas agg-wisp
"""
LEFT_OUT = {
    **dict.fromkeys(NOT_SHIPPED.split(), "the method is not shipped yet"),
    "agg-copeland-criteria": "adds signs criterion by criterion; copeland takes the sign of their weighted sum",
}

POSITIVE = ("merec2021", "mabac2015", "aras2010", "crypto2021", "countries")
SIGNED = "countries-signed"
COMPUTED = [
    *product(POSITIVE, WAYS),
    *((SIGNED, key) for key, way in WAYS.items() if way.signed),
]
UNDEFINED = [(SIGNED, key) for key, way in WAYS.items() if not way.signed]


def of_kind(kind: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("matrix", "key"), [(matrix, key) for matrix, key in COMPUTED if key.startswith(kind)]
    )


def run(folder: Path, way: Way, score: Score) -> Result:
    criteria = pl.read_csv(folder / "criteria.csv")
    indicators = {
        name: {"direction": direction if way.directed else "max", "weight": weight}
        for name, direction, weight in criteria.select("name", "direction", "weight").iter_rows()
    }
    methods = {"normalisation": way.normalisation, "weighting": way.weighting, "aggregation": way.aggregation}
    definition = {
        "data": {"unit": "alternative"},
        "indicators": indicators,
        "methodology": {"ties": "average", **{stage: method for stage, method in methods.items() if method}},
    }
    return score(definition, pl.read_csv(folder / "matrix.csv"))


def run_ahp(folder: Path, prioritisation: str, score: Score) -> Result:
    matrix = str(folder / "matrix.csv")
    ahp = {"method": "ahp", "matrix": matrix, "prioritisation": prioritisation}
    with pytest.warns(IndiciaWarning, match="inconsistent: CR = 0.169"):
        return score(
            {
                "data": {"unit": "alternative"},
                "indicators": {f"C{number}": {} for number in range(1, 9)},
                "methodology": {"weighting": ahp},
            },
            pl.read_csv(matrix),
        )


def figures(folder: Path, key: str) -> pl.DataFrame:
    return pl.read_csv(folder / f"{key}.csv").drop("agreement", strict=False)


def weights_of(result: Result) -> pl.DataFrame:
    return result.weights.select(criterion="id", weight="weight")


@of_kind("norm")
def test_a_normalisation_gives_the_reference_matrix(
    matrix: str, key: str, reference: Path, score: Score, assert_equal: Callable[..., None]
) -> None:
    folder = reference / "mcdm" / matrix
    found = run(folder, WAYS[key], score).normalised
    assert_equal(found, figures(folder, key), "alternative")


@of_kind("weight")
def test_a_weighting_gives_the_reference_weights(
    matrix: str, key: str, reference: Path, score: Score, assert_equal: Callable[..., None]
) -> None:
    folder = reference / "mcdm" / matrix
    found = weights_of(run(folder, WAYS[key], score))
    assert_equal(found, figures(folder, key), "criterion")


@of_kind("agg")
def test_an_aggregation_gives_the_reference_scores_and_ranks(
    matrix: str, key: str, reference: Path, score: Score, assert_equal: Callable[..., None]
) -> None:
    folder = reference / "mcdm" / matrix
    found = run(folder, WAYS[key], score).scores.select("alternative", "rank", value="score")
    assert_equal(found, figures(folder, key), "alternative")


@pytest.mark.parametrize(("matrix", "key"), UNDEFINED)
def test_a_method_refuses_the_signed_data_for_which_it_is_not_defined(
    matrix: str, key: str, reference: Path, score: Score
) -> None:
    with pytest.raises(IndiciaError, match=r"positive|non-negative"):
        run(reference / "mcdm" / matrix, WAYS[key], score)


@pytest.mark.parametrize(("key", "prioritisation"), AHP.items())
def test_ahp_gives_the_weights_of_the_house(
    key: str, prioritisation: str, reference: Path, score: Score, assert_equal: Callable[..., None]
) -> None:
    folder = reference / "mcdm" / "saaty1990-pairwise"
    found = weights_of(run_ahp(folder, prioritisation, score))
    assert_equal(found, figures(folder, key), "criterion")


@pytest.mark.parametrize(("key", "fact"), AHP_FACTS.items())
def test_ahp_reports_the_consistency_of_the_house(key: str, fact: str, reference: Path, score: Score) -> None:
    folder = reference / "mcdm" / "saaty1990-pairwise"
    found = run_ahp(folder, "eigenvector", score).facts["index"][fact]
    assert found == pytest.approx(figures(folder, key)["value"].item(), rel=1e-9)


def test_ahp_gives_the_weights_that_saaty_printed(
    reference: Path, score: Score, assert_equal: Callable[..., None]
) -> None:
    folder = reference / "mcdm" / "saaty1990-pairwise"
    printed = pl.read_csv(folder / "published-weight-ahp-eigen.csv").rename({"published": "weight"})
    found = weights_of(run_ahp(folder, "eigenvector", score))
    assert_equal(found, printed, "criterion", precision=5e-4, absolute=True)


def test_every_file_of_the_reference_is_computed_or_left_out_with_a_reason(reference: Path) -> None:
    files = {
        (path.parent.name, path.stem)
        for path in (reference / "mcdm").glob("*/*.csv")
        if path.stem.startswith(("norm-", "weight-", "agg-"))
    }
    computed = {*COMPUTED, *product(["saaty1990-pairwise"], [*AHP, *AHP_FACTS])}
    assert {(matrix, key) for matrix, key in files if key not in LEFT_OUT} == computed
    assert set(LEFT_OUT) <= {key for _, key in files}
