"""Correlations, partial correlations, skewness and kurtosis beside R (stats, psych, e1071), COINr and the Handbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from indicia.analysis import correlations, moments, partial_correlations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia_statistics.correlation import Coefficient

    Read = Callable[[str], pl.DataFrame]
    Compare = Callable[..., None]

SETS = ["asem", "attitude"]
COINR = {"pearson_r": "pearson", "spearman_rho": "spearman", "kendall_tau_b": "kendall"}
NOISY = "TolMin"
"""Its equal values differ by rounding noise, and R gives them ranks of their own."""


@pytest.fixture(scope="module")
def read(reference: Path) -> Read:
    """Return a function that reads a file of the reference folder."""
    return lambda path: pl.read_csv(reference / f"{path}.csv", infer_schema_length=None)


@pytest.fixture(scope="module")
def values(read: Read) -> dict[str, pl.DataFrame]:
    """Return the scores of each data set of the audit."""
    return {"asem": read("asem/golden/build_aggregated"), "attitude": read("audit/attitude/values")}


def raw(read: Read) -> tuple[pl.DataFrame, list[str]]:
    table = read("asem/golden/raw_sorted")
    codes = read("asem/golden/lineage")["Indicator"].to_list()
    return table.with_columns(pl.col(codes).cast(pl.Float64)), codes


@pytest.mark.parametrize("key", SETS)
def test_partial_correlations_of_each_node(
    read: Read, values: dict[str, pl.DataFrame], assert_equal: Compare, key: str
) -> None:
    golden = read(f"audit/{key}/partial").rename({"pearson": "r"})
    frames = [
        partial_correlations(values[key], items).select(pl.lit(node).alias("node"), pl.all())
        for node, items in read(f"audit/{key}/nodes").group_by("node", maintain_order=True).agg("item").iter_rows()
    ]
    assert_equal(pl.concat(frames), golden, "node", "a", "b")


@pytest.mark.parametrize("key", SETS)
def test_three_forms_of_skewness_and_kurtosis(
    read: Read, values: dict[str, pl.DataFrame], assert_equal: Compare, key: str
) -> None:
    golden = read(f"audit/{key}/skew")
    computed = moments(values[key], golden["item"].to_list())
    names = {
        f"{long}{form}": f"{short}{form}"
        for long, short in (("skewness", "skew"), ("kurtosis", "kurt"))
        for form in "123"
    }
    assert_equal(computed.rename(names), golden, "item")


def test_skewness_and_kurtosis_of_coinr(read: Read, assert_equal: Compare) -> None:
    table, codes = raw(read)
    golden = read("asem/golden/treat_skew_kurt_raw").drop("pass_2_3.5")
    computed = moments(table, codes).select(iCode="item", n="units", skew="skewness2", kurt="kurtosis2")
    assert_equal(computed, golden, "iCode")


@pytest.mark.parametrize("coefficient", ["pearson_r", "spearman_rho", "kendall_tau_b"])
def test_correlations_of_raw_indicators_with_missing_values(
    read: Read, assert_equal: Compare, coefficient: Coefficient
) -> None:
    table, codes = raw(read)
    codes = codes if coefficient == "pearson_r" else [code for code in codes if code != NOISY]
    golden = read(f"asem/golden/corr_raw_{COINR[coefficient]}").unpivot(
        index="iCode", variable_name="b", value_name="r"
    )
    golden = golden.rename({"iCode": "a"}).filter(pl.col("a").is_in(codes) & pl.col("b").is_in(codes))
    computed = correlations(table, codes, codes, coefficient=coefficient)
    assert_equal(computed, golden, "a", "b")


def test_probabilities_of_raw_correlations(read: Read, assert_equal: Compare) -> None:
    table, codes = raw(read)
    golden = read("asem/golden/corr_raw_pearson_pvalues").unpivot(index="iCode", variable_name="b", value_name="p")
    assert_equal(correlations(table, codes, codes), golden.rename({"iCode": "a"}), "a", "b")


@pytest.mark.parametrize("coefficient", ["pearson_r", "spearman_rho", "kendall_tau_b"])
def test_correlations_of_indicators_and_their_dimension(
    read: Read, values: dict[str, pl.DataFrame], assert_equal: Compare, coefficient: Coefficient
) -> None:
    golden = read(f"asem/golden/corr_indicator_parent_{COINR[coefficient]}").rename(
        {"Var1": "b", "Var2": "a", "Correlation": "r"}
    )
    if coefficient != "pearson_r":
        golden = golden.filter(pl.col("a") != NOISY)
    parents, codes = golden["b"].unique().to_list(), golden["a"].to_list()
    computed = correlations(values["asem"], codes, parents, coefficient=coefficient)
    assert_equal(computed.join(golden.select("a", "b"), on=["a", "b"]), golden, "a", "b")


def test_correlations_of_indicators_and_all_levels_above(
    read: Read, values: dict[str, pl.DataFrame], assert_equal: Compare
) -> None:
    lineage = read("asem/golden/lineage").unpivot(index="Indicator", variable_name="level", value_name="b")
    golden = read("asem/golden/corr_indicator_family_pearson")
    golden = golden.join(lineage, left_on=["Var1", "Var2"], right_on=["level", "Indicator"]).select(
        "b", a="Var2", r="Correlation"
    )
    assert golden.height == 3 * 49
    computed = correlations(values["asem"], golden["a"].unique().to_list(), golden["b"].unique().to_list())
    assert_equal(computed.join(golden.select("a", "b"), on=["a", "b"]), golden, "a", "b")


def test_correlations_of_pillars_and_sub_indices(
    read: Read, values: dict[str, pl.DataFrame], assert_equal: Compare
) -> None:
    golden = read("asem/golden/corr_pillar_subindex_pearson").rename({"Var1": "b", "Var2": "a", "Correlation": "r"})
    computed = correlations(values["asem"], golden["a"].unique().to_list(), ["Conn", "Sust"])
    assert_equal(computed, golden, "a", "b")


def test_correlations_that_are_not_significant_in_a_pillar(read: Read, assert_equal: Compare) -> None:
    table, codes = raw(read)
    golden = read("asem/golden/corr_raw_within_pillar_pval05_masked").rename({"Var1": "a", "Var2": "b"})
    golden = golden.filter(pl.col("a") != pl.col("b")).rename({"Correlation": "r"})
    computed = correlations(table, codes, codes).join(golden.select("a", "b"), on=["a", "b"])
    significant = computed.with_columns(pl.when(pl.col("p") <= 0.05).then("r"))
    assert 0 < significant["r"].null_count() == golden["r"].null_count()
    assert_equal(significant.select("a", "b", "r"), golden, "a", "b")


@pytest.mark.parametrize(
    ("key", "is_flagged"),
    [("high_0.75", pl.col("r") > 0.75), ("low_m0.3", pl.col("r") < -0.3)],
)
def test_flagged_correlations_inside_pillars(
    read: Read, values: dict[str, pl.DataFrame], assert_equal: Compare, key: str, is_flagged: pl.Expr
) -> None:
    pillar = dict(read("asem/golden/lineage").select("Indicator", "Pillar").iter_rows())
    golden = read(f"asem/golden/corr_flags_{key}_within_pillar")
    pair = pl.concat_list("Ind1", "Ind2").list.sort()
    golden = golden.select(a=pair.list.first(), b=pair.list.last(), r="Corr")
    is_inside = pl.col("a").replace(pillar) == pl.col("b").replace(pillar)
    computed = correlations(values["asem"], sorted(pillar)).filter(is_inside & is_flagged)
    assert_equal(computed, golden, "a", "b")


def test_indicators_that_correlate_with_a_measure_of_size(read: Read, assert_equal: Compare) -> None:
    table, codes = raw(read)
    sizes = ["Area", "Energy", "GDP", "Population"]
    sized = table.join(read("asem/indicators").select("uCode", pl.col(sizes).cast(pl.Float64)), on="uCode")
    golden = read("asem/golden/corr_denominators_0.6").rename({"Ind": "a", "Denom": "b", "Corr": "r"})
    computed = correlations(sized, codes, sizes).filter(pl.col("r").abs() > 0.6)
    assert_equal(computed, golden, "a", "b")


def test_correlations_of_the_handbook(read: Read, assert_equal: Compare) -> None:
    folder = "audit/handbook_tai"
    table = read(f"{folder}/data_full").with_columns(
        telephones=pl.col("telephones_per_1000").log10(), electricity=pl.col("electricity_kwh").log10()
    )
    computed_elsewhere, printed = read(f"{folder}/computed/correlations"), read(f"{folder}/t06_correlations")
    items = ["patents", "royalties", "internet", "exports", "telephones", "electricity", "schooling", "university"]
    computed = correlations(table, items)
    assert_equal(computed, computed_elsewhere, "a", "b")
    assert_equal(computed, printed, "a", "b", precision=0.005 + 1e-9, absolute=True)
