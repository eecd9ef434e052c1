"""The tables of `index.coherence()` on the values of ASEM, beside R (psych, factanal, e1071)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.answers.answer import Answer
    from indicia.audit.coherence import Coherence

    Read = Callable[[str], pl.DataFrame]
    Compare = Callable[..., None]

ITERATIVE = 1e-6
"""The precision of rotations and of maximum likelihood."""


@pytest.fixture(scope="module")
def read(reference: Path) -> Read:
    """Return a function that reads a file about ASEM."""
    return lambda name: pl.read_csv(reference / "audit" / "asem" / f"{name}.csv", infer_schema_length=None)


@pytest.fixture(scope="module")
def report(reference: Path, read: Read) -> Answer[Coherence]:
    """The coherence of the normalised values of ASEM: 49 indicators, 8 pillars, Conn and Sust."""
    nodes = read("nodes").filter(pl.col("node") != "pillars")
    inner = nodes["node"].unique().to_list()
    dimensions: dict[str, Any] = {node: {} for node in inner}
    indicators: dict[str, Any] = {}
    for node, item in nodes.select("node", "item").iter_rows():
        if item in inner:
            dimensions[item] = {"parent": node}
        else:
            indicators[item] = {"dimension": node, "direction": "benefit"}
    table = pl.read_csv(reference / "asem" / "golden" / "build_aggregated.csv", infer_schema_length=None)
    definition = {
        "data": {"unit": "uCode"},
        "methodology": {"normalisation": "none"},
        "indicators": indicators,
        "dimensions": dimensions,
    }
    return indicia.read(definition).coherence(table.select("uCode", *indicators))


def shared(table: pl.DataFrame, golden: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the reference about nodes of the index."""
    return golden.filter(pl.col("node").is_in(table["node"].unique().to_list()))


def test_alpha_and_omega_of_each_node(report: Answer[Coherence], read: Read, assert_equal: Compare) -> None:
    table = report.frame("reliability").select(
        "node", "omega", alpha="alpha_of_values", alpha_std="alpha", average_r="average_r"
    )
    golden = shared(table, read("alpha")).drop("k")
    table = table.join(golden.select("node"), on="node", how="semi")
    assert golden.height == 10
    assert_equal(table, golden.drop("omega"), "node")
    assert_equal(table, golden.select("node", "omega"), "node", precision=ITERATIVE)


def test_correlations_of_items_with_the_others(report: Answer[Coherence], read: Read, assert_equal: Compare) -> None:
    table = report.frame("items").select(
        "node",
        "item",
        item_rest="item_rest_of_values",
        item_total="item_total_of_values",
        alpha_if_deleted="alpha_of_values_without",
        alpha_std_if_deleted="alpha_without",
    )
    golden = shared(table, read("alpha_items"))
    assert_equal(table.join(golden.select("node", "item"), on=["node", "item"], how="semi"), golden, "node", "item")


def test_adequacy_of_each_node_and_its_items(report: Answer[Coherence], read: Read, assert_equal: Compare) -> None:
    table = report.frame("adequacy").select(
        "node", "kmo", "p", chi2="chi_square", df="free", log_det_R="log_determinant"
    )
    golden = shared(table, read("kmo")).drop("n", "k")
    assert_equal(table.join(golden.select("node"), on="node", how="semi"), golden, "node")
    items = report.frame("adequacy_items").select("node", "item", msa="kmo")
    golden = shared(items, read("kmo_items"))
    assert_equal(items.join(golden.select("node", "item"), on=["node", "item"], how="semi"), golden, "node", "item")


def test_eigenvalues_and_loadings_before_and_after_rotation(
    report: Answer[Coherence], read: Read, assert_equal: Compare
) -> None:
    golden = shared(report.frame("eigenvalues"), read("pca_eigen"))
    table = report.frame("eigenvalues").join(golden.select("node", "component"), on=["node", "component"], how="semi")
    assert_equal(table, golden, "node", "component")
    golden = shared(report.frame("loadings"), read("pca_loadings")).select("node", "item", "component", "loading")
    keys = ["node", "item", "component"]
    assert_equal(report.frame("loadings").join(golden.select(keys), on=keys, how="semi"), golden, *keys)
    keys = ["node", "item", "factor"]
    for rotation in ("varimax", "promax"):
        table = report.frame("rotated") if rotation == "varimax" else report.frame("promax")
        golden = shared(table, read("pca_rotated").filter(rotation=rotation)).drop("rotation")
        table = table.join(golden.select(keys), on=keys, how="semi")
        assert_equal(table, golden, *keys, precision=ITERATIVE)
    golden = shared(report.frame("promax"), read("pca_factor_corr").filter(rotation="promax"))
    golden = golden.select("node", "a", "b", r="phi")
    table = report.frame("factor_correlations").rename({"factor": "a", "with": "b"})
    table = table.join(golden.select("node", "a", "b"), on=["node", "a", "b"], how="semi")
    assert_equal(table, golden, "node", "a", "b", precision=ITERATIVE)


def test_partial_correlations_of_each_node(report: Answer[Coherence], read: Read, assert_equal: Compare) -> None:
    in_order = [pl.min_horizontal("a", "b").alias("a"), pl.max_horizontal("a", "b").alias("b")]
    golden = shared(report.frame("partial"), read("partial")).rename({"pearson": "r"}).with_columns(in_order)
    keys = ["node", "a", "b"]
    table = report.frame("partial").with_columns(in_order).join(golden.select(keys), on=keys, how="semi")
    assert_equal(table, golden, *keys)


def test_clusters_of_units_by_four_rules_of_linkage(report: Answer[Coherence]) -> None:
    assert report.frame("cophenetic")["linkage"].to_list() == ["ward", "average", "complete", "single"]
    assert report.frame("merges").height == 4 * 50
    counts = report.frame("clusters").group_by("linkage").agg(pl.col("^clusters_.$").n_unique())
    assert counts.drop("linkage").unique().rows() == [(2, 3, 4, 5, 6)]


def test_moments_of_normalised_values(report: Answer[Coherence], read: Read, assert_equal: Compare) -> None:
    names = {
        f"{long}{form}": f"{short}{form}"
        for long, short in (("skewness", "skew"), ("kurtosis", "kurt"))
        for form in (1, 2, 3)
    }
    table = report.frame("moments").filter(stage="normalised").drop("stage", "units").rename(names)
    golden = read("skew").join(table.select("item"), on="item", how="semi")
    assert_equal(table, golden, "item")
