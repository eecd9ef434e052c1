"""The index file of `examples/handbook` gives the figures of an own computation at full precision."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

import indicia

if TYPE_CHECKING:
    from collections.abc import Callable

    Compare = Callable[..., None]
    Read = Callable[[str], pl.DataFrame]

EXAMPLE = Path(__file__).parents[2] / "examples" / "handbook"
INDEX = indicia.read(EXAMPLE / "index.toml")


@pytest.fixture(scope="module")
def read(reference: Path) -> Read:
    """Return a function that reads a file of the reference folder."""
    return lambda name: pl.read_csv(reference / "audit" / "handbook_tai" / "computed" / f"{name}.csv")


def test_goalpost_values_scores_and_ranks(read: Read, assert_equal: Compare) -> None:
    result = INDEX.score()
    scores = result.scores.select("country", pl.col("score").alias("index"), "rank")
    assert_equal(result.normalised.join(scores, on="country"), read("normalised"), "country")


@pytest.mark.parametrize("variant", ["benefit_of_the_doubt", "geometric"])
def test_scores_of_a_variant(read: Read, assert_equal: Compare, variant: str) -> None:
    golden = read({"benefit_of_the_doubt": "bod"}.get(variant, variant))
    assert_equal(INDEX.variant(variant).score().scores.select(golden.columns), golden, "country")


@pytest.mark.parametrize(
    ("variant", "weighting", "file", "precision"),
    [
        (None, "ahp", "ahp", 1e-9),
        ("standardised", "factor(factors=4)", "weights_pc", 1e-6),  # the rotation is iterative
    ],
)
def test_weights(
    read: Read, assert_equal: Compare, variant: str | None, weighting: str, file: str, precision: float
) -> None:
    index = INDEX.variant(variant) if variant else INDEX
    weights = index.with_options(weighting=weighting).score().weights
    golden = read(file).filter(pl.col("indicator").is_in(weights["id"].to_list()))
    assert_equal(weights.select(pl.col("id").alias("indicator"), "weight"), golden, "indicator", precision=precision)


def test_adequacy_of_the_indicators(read: Read, assert_equal: Compare) -> None:
    tables = INDEX.variant("standardised").coherence()
    items = tables.frame("adequacy_items").select(pl.col("item").alias("indicator"), "kmo", "vif")
    golden = read("adequacy")
    assert_equal(items, golden.filter(pl.col("indicator").is_in(items["indicator"].to_list())), "indicator")
    (whole,) = tables.frame("adequacy").to_dicts()
    (bartlett,) = read("bartlett").to_dicts()
    assert whole["chi_square"] == pytest.approx(bartlett["chi2"], rel=1e-9)
    assert whole["kmo"] == pytest.approx(dict(golden.select("indicator", "kmo").iter_rows())["all"], rel=1e-9)
