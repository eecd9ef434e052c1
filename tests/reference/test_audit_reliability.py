"""Cronbach's alpha and the omega of one factor beside R (psych, factanal), COINr and the Handbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from indicia.analysis import alpha, one_factor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Read = Callable[[str], pl.DataFrame]
    Compare = Callable[..., None]

SETS = {"asem": "asem/golden/build_aggregated", "attitude": "audit/attitude/values"}
FACTOR_PRECISION = 1e-7
"""R stops its search of the maximum there."""


@pytest.fixture(scope="module")
def read(reference: Path) -> Read:
    """Return a function that reads a file of the reference folder."""
    return lambda path: pl.read_csv(reference / f"{path}.csv", infer_schema_length=None)


def nodes(read: Read, key: str) -> dict[str, list[str]]:
    return dict(read(f"audit/{key}/nodes").group_by("node", maintain_order=True).agg("item").iter_rows())


@pytest.mark.parametrize("key", SETS)
def test_alpha_of_each_node(read: Read, assert_equal: Compare, key: str) -> None:
    table = read(SETS[key])
    results = {node: alpha(table, items) for node, items in nodes(read, key).items()}
    rows = [(node, r.alpha, r.standardised, r.mean_correlation) for node, r in results.items()]
    computed = pl.DataFrame(rows, schema=["node", "alpha", "alpha_std", "average_r"], orient="row")
    assert_equal(computed, read(f"audit/{key}/alpha").drop("k", "omega"), "node")
    items = pl.concat(r.items.select(pl.lit(node).alias("node"), pl.all()) for node, r in results.items())
    items = items.rename({"standardised_if_deleted": "alpha_std_if_deleted"})
    assert_equal(items, read(f"audit/{key}/alpha_items"), "node", "item")


@pytest.mark.parametrize("key", SETS)
def test_omega_and_loadings_of_one_factor(read: Read, assert_equal: Compare, key: str) -> None:
    table, golden = read(SETS[key]), read(f"audit/{key}/one_factor")
    results = {node: one_factor(table, items) for node, items in nodes(read, key).items()}
    omegas = pl.DataFrame({"node": list(results), "omega": [result.omega for result in results.values()]})
    assert_equal(omegas, read(f"audit/{key}/alpha").select("node", "omega"), "node", precision=FACTOR_PRECISION)
    regular = [
        result.items.select(pl.lit(node).alias("node"), pl.exclude("at_bound"))
        for node, result in results.items()
        if result.omega is not None
    ]
    assert_equal(pl.concat(regular), golden, "node", "item", precision=FACTOR_PRECISION)


def test_the_factor_of_three_nodes_explains_an_item_completely(read: Read) -> None:
    table = read(SETS["asem"])
    results = {node: one_factor(table, items) for node, items in nodes(read, "asem").items()}
    heywood = {node: result.items.filter("at_bound")["item"].to_list() for node, result in results.items()}
    assert {node for node, items in heywood.items() if items} == {"ConEcFin", "Political", "Sust"}


def test_alpha_of_coinr_with_missing_values(read: Read, assert_equal: Compare) -> None:
    golden = read("asem/golden/cronbach_alpha")
    lineage = read("asem/golden/lineage")
    groups = {
        group: part["Indicator"].to_list()
        for level in ("Pillar", "Sub-index")
        for (group,), part in lineage.partition_by(level, as_dict=True).items()
    }
    pillars = {f"{node}_pillars": nodes(read, "asem")[node] for node in ("Conn", "Sust")}
    groups |= pillars | {
        "all_pillars": nodes(read, "asem")["pillars"],
        "subindices": ["Conn", "Sust"],
        "Index_all_indicators": lineage["Indicator"].to_list(),
    }
    files = {"Raw": "raw_sorted", "Normalised": "build_normalised", "Aggregated": "build_aggregated"}
    tables = {data: read(f"asem/golden/{file}") for data, file in files.items()}
    rows = [
        (group, data, alpha(tables[data], groups[group], missing="pairwise").alpha)
        for group, data in golden.select("group", "dset").iter_rows()
    ]
    assert_equal(pl.DataFrame(rows, schema=golden.schema, orient="row"), golden, "group", "dset")


def test_alpha_of_the_handbook(read: Read, assert_equal: Compare) -> None:
    folder = "audit/handbook_tai"
    table = read(f"{folder}/data_full").with_columns(
        telephones=pl.col("telephones_per_1000").log10(), electricity=pl.col("electricity_kwh").log10()
    )
    golden, printed = read(f"{folder}/computed/alpha"), read(f"{folder}/t11_alpha")
    items = [item for item in golden["deleted"] if item in table.columns]
    result = alpha(table.select((pl.col(items) - pl.col(items).mean()) / pl.col(items).std()), items)
    assert result.alpha == pytest.approx(result.standardised, rel=1e-12)
    without = result.items.select(
        deleted="item", item_rest_correlation="item_rest", alpha="alpha_if_deleted", alpha_if_deleted="alpha_if_deleted"
    )
    assert_equal(without, golden.filter(pl.col("deleted").is_in(items)), "deleted")
    whole = golden.filter(~pl.col("deleted").is_in(items))["alpha"].item()
    assert result.alpha == pytest.approx(whole, rel=1e-9)
    printed = printed.filter(pl.col("deleted").is_in(items))
    assert_equal(without, printed, "deleted", precision=0.0005 + 1e-9, absolute=True)
