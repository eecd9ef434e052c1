"""Agreements and consensuses of the rankings that six methods give, on six matrices; elections by Schulze's rule."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import polars as pl
import pytest

from indicia.analysis import agreement, consensus, consensus_details

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MATRICES = ("merec2021", "mabac2015", "aras2010", "crypto2021", "countries", "countries-signed")
MEASURES = {
    "spearman": "spearman",
    "rw": "weighted_spearman",
    "ws": "ws",
    "kendall-a": "kendall(variant=tau_a)",
    "kendall-b": "kendall",
    "gamma": "goodman_kruskal",
    "footrule": "footrule",
}
CONSENSUSES = {
    "rankagg-borda": ("borda", "rank"),
    "rankagg-copeland": ("copeland", "rank"),
    "rankagg-copeland-score": ("copeland", "score"),
    "rankagg-dominance-directed-graph": ("dominance", "rank"),
    "rankagg-mean-rank": ("mean_rank", "score"),
    "rankagg-median": ("median", "rank"),
    "rankagg-pairwise-dominance-count": ("dominance(steps=1)", "rank"),
    "rankagg-rank-position": ("rank_position", "rank"),
    "rankagg-rrf": ("reciprocal_rank_fusion", "score"),
    "rankagg-schulze-wins": ("schulze", "score"),
}
"""The consensus, and whether the file holds its scores or the ranks that follow."""

ELECTIONS = ("tennessee", "schulze2011", "ties6", "ties8")


@pytest.mark.parametrize(("matrix", "measure"), [*product(MATRICES, MEASURES)])
def test_an_agreement_gives_the_reference_figures(
    matrix: str, measure: str, reference: Path, assert_equal: Callable[..., None]
) -> None:
    folder = reference / "mcdm" / matrix
    wanted = pl.read_csv(folder / "corr.csv").filter(measure=measure).select("first", "second", "value")
    every = agreement(pl.read_csv(folder / "ranks.csv"), MEASURES[measure])
    found = every.unpivot(index="ranking", variable_name="second").rename({"ranking": "first"})
    assert_equal(found.join(wanted, on=["first", "second"], how="semi"), wanted, "first", "second")


@pytest.mark.parametrize(("matrix", "key"), [*product(MATRICES, CONSENSUSES)])
def test_a_consensus_gives_the_reference_scores_or_ranks(
    matrix: str, key: str, reference: Path, assert_equal: Callable[..., None]
) -> None:
    folder = reference / "mcdm" / matrix
    method, column = CONSENSUSES[key]
    found = consensus(pl.read_csv(folder / "ranks.csv"), method).select("alternative", value=column)
    assert_equal(found, pl.read_csv(folder / f"{key}.csv").drop("agreement"), "alternative")


@pytest.mark.parametrize("election", ELECTIONS)
def test_schulze_gives_the_winner_of_an_election(
    election: str, reference: Path, assert_equal: Callable[..., None]
) -> None:
    folder = reference / "outranking" / "voting"
    votes = pl.read_csv(folder / f"{election}_votes.csv")
    ballots = votes[[row for row, count in enumerate(votes["count"]) for _ in range(count)]].drop("count")
    rankings = ballots.transpose(include_header=True, header_name="item")
    wanted = pl.read_csv(folder / f"{election}_schulze_ranks.csv").select("item", score="beats")
    assert_equal(consensus(rankings, "schulze"), wanted, "item")


@pytest.mark.parametrize("election", ELECTIONS)
def test_kemeny_gives_one_of_the_orders_nearest_to_all_votes(election: str, reference: Path) -> None:
    folder = reference / "outranking" / "voting"
    votes = pl.read_csv(folder / f"{election}_votes.csv")
    ballots = votes[[row for row, count in enumerate(votes["count"]) for _ in range(count)]].drop("count")
    rankings = ballots.transpose(include_header=True, header_name="item")
    nearest = pl.read_csv(folder / f"{election}_kemeny.csv").filter(kind="strict").select(rankings["item"].to_list())
    assert tuple(consensus(rankings, "kemeny")["score"].to_list()) in nearest.cast(pl.Float64).rows()


def ballots(reference: Path, election: str) -> tuple[pl.DataFrame, int]:
    votes = pl.read_csv(reference / "outranking" / "voting" / f"{election}_votes.csv")
    each = votes[[row for row, count in enumerate(votes["count"]) for _ in range(count)]].drop("count")
    return each.transpose(include_header=True, header_name="item"), int(votes["count"].sum())


@pytest.mark.parametrize("election", ELECTIONS)
def test_the_details_of_a_consensus_have_the_votes_and_paths_of_an_election(
    election: str, reference: Path, assert_equal: Callable[..., None]
) -> None:
    folder, (rankings, _) = reference / "outranking" / "voting", ballots(reference, election)
    wanted = pl.read_csv(folder / f"{election}_pairwise.csv").select("a", "b", a_ahead="prefer_a", tied="tied")
    for method in ("copeland", "kemeny"):
        found = consensus_details(rankings, method, "pairs").select(wanted.columns)
        assert_equal(found, wanted, "a", "b")
    paths = consensus_details(rankings, "schulze").select("a", "b", "strongest_path")
    assert_equal(paths, pl.read_csv(folder / f"{election}_schulze.csv"), "a", "b")


@pytest.mark.parametrize(("election", "kind"), [*product(ELECTIONS, ["strict"]), *product(ELECTIONS[:3], ["weak"])])
def test_the_details_of_a_consensus_have_all_orders_nearest_to_an_election(
    election: str, kind: str, reference: Path
) -> None:
    wanted = pl.read_csv(reference / "outranking" / "voting" / f"{election}_kemeny.csv").filter(kind=kind)
    rankings, _ = ballots(reference, election)
    found = consensus_details(rankings, "kemeny", "orders" if kind == "strict" else "weak_orders")
    orders = found.pivot("unit", index=["order", "distance"], values="rank")
    items = rankings["item"].to_list()
    assert sorted(orders.select(items).rows()) == sorted(wanted.select(items).rows())
    assert orders["distance"].to_list() == pytest.approx([wanted["distance"][0]] * wanted.height)


def test_every_file_of_rankings_is_computed(reference: Path) -> None:
    files = {(path.parent.name, path.stem) for path in (reference / "mcdm").glob("*/rankagg-*.csv")}
    assert files == set(product(MATRICES, CONSENSUSES))


def test_every_measure_of_the_reference_is_computed(reference: Path) -> None:
    folders = {path.parent.name: path for path in (reference / "mcdm").glob("*/corr.csv")}
    assert set(folders) == set(MATRICES)
    assert all(set(pl.read_csv(path)["measure"]) == set(MEASURES) for path in folders.values())
