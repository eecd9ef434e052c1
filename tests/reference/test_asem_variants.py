"""Variants and sets of weights of the ASEM index, beside the alternative weights and omissions that COINr computes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from indicia.catalogue import installed
from indicia.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Read = Callable[[str], pl.DataFrame]

PILLARS = ("Physical", "ConEcFin", "Political", "Instit", "P2P", "Environ", "Social", "SusEcFin")


@pytest.fixture(scope="module")
def read(reference: Path) -> Read:
    """Return a function that reads a golden file."""
    return lambda key: pl.read_csv(reference / "asem" / "golden" / f"{key}.csv", infer_schema_length=None)


@pytest.fixture(scope="module")
def definition(reference: Path) -> dict[str, Any]:
    """Return the tree of the index, for values that are normalised already."""
    structure = pl.read_csv(reference / "asem" / "structure.csv", infer_schema_length=None)
    parts: dict[str, dict[str, Any]] = {"Indicator": {}, "Aggregate": {}}
    words = {"Indicator": "dimension", "Aggregate": "parent"}
    for code, kind, parent in structure.select("iCode", "Type", "Parent").iter_rows():
        if kind in parts and parent is not None:
            parts[kind][code] = {words[kind]: "index" if parent == "Index" else parent}
    for spec in parts["Indicator"].values():
        spec["direction"] = "benefit"
    return {
        "data": {"unit": "uCode"},
        "indicators": parts["Indicator"],
        "dimensions": parts["Aggregate"],
        "methodology": {"normalisation": "none", "aggregation": "arithmetic"},
    }


def scores(index: Index, table: pl.DataFrame) -> list[float]:
    return index.score(table).scores.sort("uCode")["score"].to_list()


@pytest.mark.parametrize("aggregation", ["arithmetic", "geometric"])
def test_a_set_of_weights_gives_the_index_of_coinr_with_these_weights(
    definition: dict[str, Any], read: Read, aggregation: str
) -> None:
    stated = read("agg_weights_unequal").filter(pl.col("iCode") != "Index").select("iCode", "Weight")
    sets = {"unequal": dict(stated.iter_rows())}
    index = Index({**definition, "weights": sets}, installed()).with_options(aggregation=aggregation)
    table = read("agg_input_minmax_1_100")
    letter = aggregation[0]
    for weighting, golden in (("given", f"agg_{letter}mean"), ("unequal", f"agg_{letter}mean_unequal")):
        found = scores(index.with_options(weighting=weighting), table)
        assert found == pytest.approx(read(golden).sort("uCode")["Index"].to_list(), rel=1e-12)


@pytest.mark.parametrize("form", ["weight 0", "left out"])
def test_variants_without_a_pillar_give_the_indices_of_coinr_without_it(
    definition: dict[str, Any], read: Read, form: str
) -> None:
    variants = {
        pillar: {"without": [pillar]} if form == "left out" else {"dimensions": {pillar: {"weight": 0}}}
        for pillar in PILLARS
    }
    index = Index({**definition, "variants": variants}, installed())
    table, golden = read("build_normalised"), read("remove_pillars_scores").sort("uCode")
    comparison = index.compare(table=table).figures
    labels = dict(comparison.methodologies.select("label", "methodology").iter_rows())
    found = comparison.scores.sort("uCode")
    assert found["1"].to_list() == pytest.approx(golden["Nominal"].to_list(), rel=1e-12)
    for pillar in PILLARS:
        assert found[str(labels[pillar])].to_list() == pytest.approx(golden[pillar].to_list(), rel=1e-12)
