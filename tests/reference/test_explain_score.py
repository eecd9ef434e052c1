"""The parts of scores beside the reference of explanations: every indicator, every component, every sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

import indicia
from indicia_explain.score import ExplainedScore, explain_score

if TYPE_CHECKING:
    from pathlib import Path

FOLDERS = (
    *("hdi", "asem", "asem_share", "cities", "cities_linear"),
    *("small_linear", "small_harmonic", "small_geometric", "small_power"),
)
SCALES = {"hdi": 1.0}
"""The top of the scale, 100 by default: figures agree to 1e-9 of it, and sums to 1e-12."""
PARTS = (
    *("raw", "prepared", "normalised", "implied", "weight", "effective_weight", "shifted_weight"),
    *("contribution", "median", "vs_median", "lost"),
)
COMPONENTS = ("value", "weight", "effective_weight", "piece", "shifted_weight", "contribution", "vs_median", "lost")


@pytest.fixture(scope="module", params=FOLDERS)
def case(request: pytest.FixtureRequest, reference: Path) -> tuple[str, dict[str, ExplainedScore]]:
    """Return a folder, and the explanations of its units."""
    folder = reference / "explain" / request.param
    result = indicia.read(folder / "index.toml").score()
    units = pl.read_csv(folder / "score_totals.csv")["unit"]
    return request.param, {unit: explain_score(result, unit) for unit in units}


def test_the_parts_of_indicators_are_those_of_the_reference(
    case: tuple[str, dict[str, ExplainedScore]], reference: Path
) -> None:
    folder, explanations = case
    scale = SCALES.get(folder, 100.0)
    wanted = pl.read_csv(reference / "explain" / folder / "score_parts.csv", infer_schema_length=None)
    for (unit,), rows in wanted.group_by("unit"):
        parts = explanations[str(unit)].parts
        found = rows.select("indicator").join(parts, on="indicator", how="left", maintain_order="left")
        for column in PARTS:
            size = max(scale, _largest(rows[column])) if column in ("raw", "prepared") else scale
            _assert_near(found[column], rows[column], 1e-9 * size, f"{unit} {column}")


def test_the_components_of_nodes_are_those_of_the_reference(
    case: tuple[str, dict[str, ExplainedScore]], reference: Path
) -> None:
    folder, explanations = case
    wanted = pl.read_csv(reference / "explain" / folder / "score_nodes.csv", infer_schema_length=None)
    for (unit,), rows in wanted.group_by("unit"):
        nodes = explanations[str(unit)].nodes
        found = rows.select("node", "part").join(nodes, on=["node", "part"], how="left", maintain_order="left")
        for column in ("node_value", *COMPONENTS):
            _assert_near(found[column], rows[column], 1e-9 * SCALES.get(folder, 100.0), f"{unit} {column}")


def test_the_totals_are_those_of_the_reference_and_the_sums_of_the_parts(
    case: tuple[str, dict[str, ExplainedScore]], reference: Path
) -> None:
    folder, explanations = case
    scale = SCALES.get(folder, 100.0)
    for row in pl.read_csv(reference / "explain" / folder / "score_totals.csv").iter_rows(named=True):
        explanation = explanations[row["unit"]]
        totals, parts = explanation.totals.row(0, named=True), explanation.parts
        for column in ("score", "rank", "base", "above_base", "lost"):
            assert totals[column] == pytest.approx(row[column], abs=1e-9 * scale), f"{row['unit']} {column}"
        exact = 1e-12 * scale
        assert parts["contribution"].sum() == pytest.approx(totals["score"], abs=exact)
        assert parts["vs_median"].sum() == pytest.approx(totals["above_base"], abs=exact)
        assert parts["lost"].sum() == pytest.approx(totals["lost"], abs=exact)


def _assert_near(found: pl.Series, wanted: pl.Series, tolerance: float, name: str) -> None:
    wanted = wanted.cast(pl.Float64)
    assert found.is_null().to_list() == wanted.is_null().to_list(), name
    assert (found - wanted).abs().max() in (None, pytest.approx(0, abs=tolerance)), name


def _largest(values: pl.Series) -> float:
    largest = values.cast(pl.Float64).abs().max()
    return float(largest) if isinstance(largest, float) else 0.0
