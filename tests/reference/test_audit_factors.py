"""Adequacy, principal components, rotations and parallel analysis beside R (psych, stats), COINr and the Handbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from indicia.analysis import (
    adequacy,
    component_counts,
    parallel_thresholds,
    principal_components,
    rotated_components,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia_statistics.factors import Rotation

    Read = Callable[[str], pl.DataFrame]
    Compare = Callable[..., None]

SETS = {"asem": "asem/golden/build_aggregated", "attitude": "audit/attitude/values"}
ROTATIONS: tuple[Rotation, ...] = ("varimax", "promax", "promax_kaiser")
ROTATION_PRECISION = 1e-6
"""R stops its iterations there."""
DRAWS = 4000
REFERENCE_DRAWS = 20_000

COMPARED = {
    "test_audit_correlations": ("partial", "skew", "values", "raw"),
    "test_audit_reliability": ("alpha", "alpha_items", "one_factor", "nodes"),
    "test_audit_factors": (
        *("kmo", "kmo_items", "pca_eigen", "pca_loadings", "pca_rotated", "pca_factor_corr"),
        *("component_counts", "parallel_thresholds"),
    ),
}
LEFT_OUT = {
    "importance": "no measure of coherence",
    "linkage": "clusters of units are no measure of coherence",
    "linkage_heights": "clusters of units are no measure of coherence",
    "clusters": "clusters of units are no measure of coherence",
}
COINR = {
    "test_audit_correlations": (
        *("corr_raw_pearson", "corr_raw_spearman", "corr_raw_kendall", "corr_raw_pearson_pvalues"),
        *("corr_indicator_parent_pearson", "corr_indicator_parent_spearman", "corr_indicator_parent_kendall"),
        *("corr_indicator_family_pearson", "corr_pillar_subindex_pearson", "corr_raw_within_pillar_pval05_masked"),
        *("corr_flags_high_0.75_within_pillar", "corr_flags_low_m0.3_within_pillar", "corr_denominators_0.6"),
    ),
    "test_audit_reliability": ("cronbach_alpha",),
    "test_audit_factors": tuple(f"pca_{kind}_level{level}" for kind in ("variance", "loadings") for level in (1, 2, 3)),
}
HANDBOOK = {
    "t06_correlations": "test_audit_correlations",
    "t07_eigenvalues": "test_audit_factors",
    "t08_loadings": "test_audit_factors",
    "t09_rotated": "test_audit_factors",
    "t11_alpha": "test_audit_reliability",
}
"""The printed tables of coherence. Table 10, maximum likelihood with four factors, is a Heywood case and left out: its
figures do not reproduce. Table 17 has the squares of Table 9."""


@pytest.fixture(scope="module")
def read(reference: Path) -> Read:
    """Return a function that reads a file of the reference folder."""
    return lambda path: pl.read_csv(reference / f"{path}.csv", infer_schema_length=None)


@pytest.fixture(scope="module")
def handbook(read: Read) -> pl.DataFrame:
    """Return the indicators of the Handbook's example, telephones and electricity as logarithms."""
    return read("audit/handbook_tai/data_full").select(
        *("patents", "royalties", "internet", "exports"),
        pl.col("telephones_per_1000").log10().alias("telephones"),
        pl.col("electricity_kwh").log10().alias("electricity"),
        *("schooling", "university"),
    )


def nodes(read: Read, key: str) -> dict[str, list[str]]:
    return dict(read(f"audit/{key}/nodes").group_by("node", maintain_order=True).agg("item").iter_rows())


def by_node(frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frame.select(pl.lit(node).alias("node"), pl.all()) for node, frame in frames.items())


def long(frame: pl.DataFrame, key: str, noun: str, value: str) -> pl.DataFrame:
    """Turn columns such as factor1 into rows."""
    table = frame.unpivot(index=key, variable_name=noun, value_name=value)
    return table.with_columns(pl.col(noun).str.strip_prefix(noun).cast(pl.Int64))


@pytest.mark.parametrize("key", SETS)
def test_adequacy_of_each_node(read: Read, assert_equal: Compare, key: str) -> None:
    table = read(SETS[key])
    results = {node: adequacy(table, items) for node, items in nodes(read, key).items()}
    rows = [(node, r.units, r.log_determinant, r.kmo, r.chi_square, r.free, r.p) for node, r in results.items()]
    names = ["node", "n", "log_det_R", "kmo", "chi2", "df", "p"]
    golden = read(f"audit/{key}/kmo").drop("k")
    assert_equal(pl.DataFrame(rows, schema=names, orient="row"), golden, "node")
    relative = dict(golden.select("node", "p").iter_rows())
    assert {node: r.p for node, r in results.items()} == pytest.approx(relative, rel=1e-9)
    items = by_node({node: result.items for node, result in results.items()}).rename({"kmo": "msa"})
    assert_equal(items, read(f"audit/{key}/kmo_items"), "node", "item")


@pytest.mark.parametrize("key", SETS)
def test_principal_components_of_each_node(read: Read, assert_equal: Compare, key: str) -> None:
    table = read(SETS[key])
    results = {node: principal_components(table, items) for node, items in nodes(read, key).items()}
    eigenvalues = by_node({node: result.eigenvalues for node, result in results.items()})
    assert_equal(eigenvalues, read(f"audit/{key}/pca_eigen"), "node", "component")
    golden = read(f"audit/{key}/pca_loadings")
    loadings = {
        node: long(result.loadings.drop("communality"), "item", "component", "loading")
        for node, result in results.items()
    }
    assert_equal(by_node(loadings), golden.drop("communality_kaiser"), "node", "item", "component")
    communalities = by_node({node: result.loadings.select("item", "communality") for node, result in results.items()})
    wanted = golden.select("node", "item", communality="communality_kaiser").unique()
    assert_equal(communalities, wanted, "node", "item")


@pytest.mark.parametrize("rotation", ROTATIONS)
@pytest.mark.parametrize("key", SETS)
def test_rotated_components_of_nodes_with_several(
    read: Read, assert_equal: Compare, key: str, rotation: Rotation
) -> None:
    table, golden = read(SETS[key]), read(f"audit/{key}/pca_rotated").filter(rotation=rotation).drop("rotation")
    correlations = read(f"audit/{key}/pca_factor_corr").filter(rotation=rotation).drop("rotation")
    several = golden["node"].unique().to_list()
    results = {
        node: rotated_components(table, items, rotation=rotation)
        for node, items in nodes(read, key).items()
        if node in several
    }
    loadings = by_node({node: long(r.loadings, "item", "factor", "loading") for node, r in results.items()})
    assert_equal(loadings, golden, "node", "item", "factor", precision=ROTATION_PRECISION)
    numbered = {
        node: long(r.correlation.rename({"factor": "a"}), "a", "factor", "phi").rename({"factor": "b"})
        for node, r in results.items()
    }
    computed = by_node(numbered).with_columns(pl.col("a").str.strip_prefix("factor").cast(pl.Int64))
    assert_equal(computed, correlations, "node", "a", "b", precision=ROTATION_PRECISION)


@pytest.mark.parametrize("key", SETS)
def test_thresholds_and_counts_of_parallel_analysis(read: Read, key: str) -> None:
    golden = read(f"audit/{key}/parallel_thresholds")
    thresholds = {
        (n, k): parallel_thresholds(n, k, draws=DRAWS) for n, k in golden.select("n", "k").unique().iter_rows()
    }
    frames = [
        frame.select(pl.lit(n).alias("n"), pl.lit(k).alias("k"), pl.all()) for (n, k), frame in thresholds.items()
    ]
    both = golden.join(pl.concat(frames), on=["n", "k", "component"], suffix="_drawn")
    assert both.height == golden.height
    error = pl.col("mc_se_mean") * np.sqrt(1 + REFERENCE_DRAWS / DRAWS)  # of the difference of two independent means
    assert both.filter((pl.col("mean_drawn") - pl.col("mean")).abs() > 5 * error).is_empty()
    assert both.filter((pl.col("quantile") - pl.col("q95")).abs() > 10 * error).is_empty()
    table, counts = read(SETS[key]), read(f"audit/{key}/component_counts")
    for node, k, kaiser, mean, quantile, margin in counts.iter_rows():
        eigenvalues = principal_components(table, nodes(read, key)[node]).eigenvalues
        result = component_counts(eigenvalues, thresholds[table.height, k])
        assert (result.kaiser, result.above_mean, result.above_quantile) == (kaiser, mean, quantile)
        assert result.margin == pytest.approx(margin, abs=0.005)


@pytest.mark.parametrize("level", [1, 2, 3])
def test_components_of_coinr(read: Read, assert_equal: Compare, level: int) -> None:
    table = read("asem/golden/build_aggregated")
    variance = read(f"asem/golden/pca_variance_level{level}")
    golden = read(f"asem/golden/pca_loadings_level{level}")
    groups = golden.group_by("group", maintain_order=True).agg(pl.col("iCode").unique(maintain_order=True))
    results = {group: principal_components(table, items) for group, items in groups.iter_rows()}
    shares = by_node({group: result.eigenvalues for group, result in results.items()})
    computed = shares.select(group="node", pc="component", sdev=pl.col("eigenvalue").sqrt(), var_explained="share")
    assert_equal(computed, variance, "group", "pc")
    loadings = {
        group: long(result.loadings.drop("communality"), "item", "component", "loading")
        .join(result.eigenvalues, on="component")
        .select(iCode="item", pc="component", loading=(pl.col("loading") / pl.col("eigenvalue").sqrt()).abs())
        for group, result in results.items()
    }
    assert_equal(
        by_node(loadings).rename({"node": "group"}),
        golden.with_columns(pl.col("loading").abs()),
        "group",
        "iCode",
        "pc",
    )


def test_adequacy_of_the_handbook(read: Read, handbook: pl.DataFrame, assert_equal: Compare) -> None:
    folder = "audit/handbook_tai/computed"
    result = adequacy(handbook, handbook.columns)
    golden = read(f"{folder}/adequacy")
    items = golden.filter(pl.col("indicator") != "all")
    assert_equal(result.items.rename({"item": "indicator"}), items, "indicator")
    assert result.kmo == pytest.approx(golden.filter(indicator="all")["kmo"].item(), rel=1e-9)
    assert (result.chi_square, result.free, result.p) == pytest.approx(read(f"{folder}/bartlett").row(0), rel=1e-9)


def test_components_of_the_handbook(read: Read, handbook: pl.DataFrame, assert_equal: Compare) -> None:
    folder = "audit/handbook_tai"
    result = principal_components(handbook, handbook.columns)
    assert_equal(result.eigenvalues, read(f"{folder}/computed/eigenvalues"), "component")
    shares = result.eigenvalues.select(
        "component", "eigenvalue", percent=100 * pl.col("share"), cumulative=100 * pl.col("cumulative")
    )
    assert_equal(shares, read(f"{folder}/t07_eigenvalues"), "component", precision=0.05 + 1e-9, absolute=True)
    names = {f"component{place}": f"pc{place}" for place in range(1, 9)}
    computed = result.loadings.drop("communality").rename({"item": "indicator", **names})
    computed = computed.with_columns(pl.exclude("indicator").abs())
    for file, precision in (("computed/loadings", 1e-9), ("t08_loadings", 0.005 + 1e-9)):
        golden = read(f"{folder}/{file}").with_columns(pl.exclude("indicator").abs())
        assert_equal(computed, golden, "indicator", precision=precision, absolute=True)


def test_rotated_components_of_the_handbook(read: Read, handbook: pl.DataFrame, assert_equal: Compare) -> None:
    result = rotated_components(handbook, handbook.columns, components=4).loadings.rename({"item": "indicator"})
    factors = [f"factor{place}" for place in range(1, 5)]
    squares = pl.sum_horizontal(pl.col(factors) ** 2)
    for file, precision in (("computed/rotated", 1e-6), ("t09_rotated", 0.005 + 1e-6)):
        golden = read(f"audit/handbook_tai/{file}").filter(pl.col("indicator").is_in(handbook.columns))
        golden = golden.cast(dict.fromkeys([*factors, "communality"], pl.Float64))
        order = sorted(factors, key=lambda factor: -(golden[factor] ** 2).sum())  # the book keeps another order
        signed = [pl.col(factor) * (1 if golden[factor].sum() > 0 else -1) for factor in order]
        renamed = [column.alias(name) for column, name in zip(signed, factors, strict=True)]
        wanted = golden.select("indicator", *renamed, "communality")
        computed = result.with_columns(communality=squares)
        assert_equal(computed, wanted, "indicator", precision=precision, absolute=True)


@pytest.mark.parametrize("key", SETS)
def test_every_file_is_compared_or_left_out_with_a_reason(reference: Path, key: str) -> None:
    compared = {file for files in COMPARED.values() for file in files}
    assert {path.stem for path in (reference / "audit" / key).glob("*.csv")} <= compared | set(LEFT_OUT)
    assert not compared & set(LEFT_OUT)


def test_every_multivariate_file_of_coinr_and_the_handbook_is_compared(reference: Path) -> None:
    files = {path.stem for path in (reference / "asem" / "golden").glob("*.csv")}
    multivariate = {file for file in files if file.startswith(("corr_", "cronbach_", "pca_"))}
    assert multivariate == {file for compared in COINR.values() for file in compared}
    assert set(HANDBOOK) <= {path.stem for path in (reference / "audit" / "handbook_tai").glob("*.csv")}
