"""Clusters of units and the similarity of neighbours, beside R (hclust, spdep), scipy, esda and a printed figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from indicia.analysis import ClusterTree, SpatialAutocorrelation, clusters, spatial_autocorrelation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LINKAGES = {"ward.D2": "ward", "average": "average", "complete": "complete", "single": "single"}

LEFT_OUT = {"handbook_tai/t13_kmeans.csv": "a printed k-means that is no optimum"}


@pytest.fixture(scope="module")
def trees(reference: Path) -> dict[tuple[str, str], ClusterTree]:
    """Return the trees of both tables of the reference, by the name of the folder and that of the linkage."""
    audit = reference / "audit"
    asem = pl.read_csv(reference / "asem" / "golden" / "build_aggregated.csv")
    tables = {"asem": asem.rename({"uCode": "unit"}), "attitude": pl.read_csv(audit / "attitude" / "values.csv")}
    pillars = {"asem": "pillars", "attitude": "all"}
    return {
        (name, theirs): clusters(
            table,
            "unit",
            pl.read_csv(audit / name / "nodes.csv").filter(node=pillars[name])["item"].to_list(),
            linkage=linkage,
        )
        for name, table in tables.items()
        for theirs, linkage in LINKAGES.items()
    }


@pytest.mark.parametrize("name", ["asem", "attitude"])
def test_merges_and_cophenetic_correlations_are_those_of_the_reference(
    name: str, reference: Path, trees: dict[tuple[str, str], ClusterTree], assert_equal: Callable[..., None]
) -> None:
    folder = reference / "audit" / name
    parts = [
        trees[name, theirs].merges.with_columns(method=pl.lit(theirs), coph=trees[name, theirs].cophenetic)
        for theirs in LINKAGES
    ]
    found = pl.concat(parts)
    merges = pl.read_csv(folder / "linkage.csv").rename({"a": "first", "b": "second"})
    assert_equal(found, merges, "method", "step")
    assert_equal(found, pl.read_csv(folder / "linkage_heights.csv"), "method", "step")


@pytest.mark.parametrize("name", ["asem", "attitude"])
def test_clusters_are_those_of_the_reference(
    name: str, reference: Path, trees: dict[tuple[str, str], ClusterTree], assert_equal: Callable[..., None]
) -> None:
    wanted = pl.read_csv(reference / "audit" / name / "clusters.csv")
    found = pl.concat(
        trees[name, theirs].groups(k).with_columns(method=pl.lit(theirs), k=k)
        for theirs, k in wanted["method", "k"].unique().rows()
    )
    assert_equal(found, wanted, "method", "k", "unit", precision=0)


def test_the_ten_clusters_of_the_handbook_are_those_of_its_figure_13(reference: Path) -> None:
    folder = reference / "audit" / "handbook_tai"
    data = pl.read_csv(folder / "data_full.csv")
    logs = [pl.col(column).log10() for column in ("telephones_per_1000", "electricity_kwh")]
    tree = clusters(data.with_columns(logs), "country", data.columns[1:], linkage="single", squared=True)
    heights = pl.read_csv(folder / "computed" / "linkage_heights.csv")
    assert tree.merges["height"].to_list() == pytest.approx(heights["height"].to_list(), rel=1e-9)
    pair = pl.read_csv(folder / "f13_clusters.csv").join(tree.groups_below(4.0), on="country", suffix="_found")
    assert pair["cluster", "cluster_found"].n_unique() == pair["cluster"].n_unique() == pair["cluster_found"].n_unique()


@pytest.fixture(scope="module", params=["binary", "row"])
def autocorrelation(request: pytest.FixtureRequest, reference: Path) -> tuple[str, SpatialAutocorrelation]:
    """Return the autocorrelation of the districts of Columbus, with the name of the weights."""
    folder = reference / "audit" / "moran"
    matrix = pl.read_csv(folder / "neighbours.csv").drop("unit").to_numpy()
    first, second = np.nonzero(matrix)
    values = pl.read_csv(folder / "values.csv")
    standardised = request.param != "binary"
    columns = ["CRIME", "INC", "HOVAL"]
    return request.param, spatial_autocorrelation(values, "unit", columns, first, second, standardised=standardised)


def test_moran_and_geary_are_those_of_the_reference(
    autocorrelation: tuple[str, SpatialAutocorrelation], reference: Path, assert_equal: Callable[..., None]
) -> None:
    style, found = autocorrelation
    wanted = pl.read_csv(reference / "audit" / "moran" / "moran.csv").filter(style=style).drop("style")
    names = {
        "variable": "column",
        "moran_i": "moran",
        "var_normality": "variance_normality",
        "var_randomisation": "variance_randomisation",
        "p_greater_randomisation": "p_greater",
        "geary_c": "geary",
    }
    assert wanted.height == 3
    assert_equal(found.columns, wanted.rename(names), "column")


def test_local_moran_is_that_of_the_reference(
    autocorrelation: tuple[str, SpatialAutocorrelation], reference: Path, assert_equal: Callable[..., None]
) -> None:
    style, found = autocorrelation
    wanted = pl.read_csv(reference / "audit" / "moran" / "local.csv").rename({"variable": "column", "local_i": "local"})
    if style != "binary":
        assert_equal(found.units, wanted.drop("quadrant"), "column", "unit")
    quadrants = found.units.join(wanted, on=("column", "unit"), validate="1:1", suffix="_theirs")
    assert quadrants.height == wanted.height
    assert (quadrants["quadrant"] == quadrants["quadrant_theirs"]).all()
