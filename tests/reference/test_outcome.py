"""Weights that are learned against an outcome, beside the weights of a published index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from indicia.result import Result


def test_the_published_weights_of_the_epi_come_out_of_its_scores(
    reference: Path, score: Callable[[dict[str, Any], pl.DataFrame], Result]
) -> None:
    """EPI 2020: 40 % health and 60 % ecosystem vitality. Its scores are published with one decimal."""
    table = pl.read_csv(reference / "published" / "epi_2020" / "published.csv")
    definition = {
        "data": {"unit": "iso"},
        "indicators": {"HLT": {"direction": "benefit"}, "ECO": {"direction": "benefit"}},
        "methodology": {"normalisation": "none", "weighting": "against_outcome(of=EPI)"},
    }
    weights = dict(score(definition, table).weights.select("id", "weight").iter_rows())
    assert weights == pytest.approx({"HLT": 0.4, "ECO": 0.6}, abs=5e-4)
