"""Rankings are compared and combined as they are, whatever their ties; what cannot be is refused by name."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indicia import IndiciaError
from indicia.analysis import agreement, concordance, consensus
from indicia.catalogue import installed

if TYPE_CHECKING:
    from pathlib import Path

AGREEMENTS = installed().names("agreement")
CONSENSUSES = installed().names("consensus")
OPTIMAL = ("footrule", "kemeny")
"""Optima are not unique; where nothing else tells them apart, the first ranking does."""
RANKINGS = st.lists(st.tuples(*[st.integers(1, 9)] * 3), min_size=3, max_size=9)
FEW = settings(max_examples=40)


def table(*rankings: list[float | None]) -> pl.DataFrame:
    units = [f"u{number}" for number in range(len(rankings[0]))]
    ranks = [pl.Series(f"r{number}", column, dtype=pl.Float64) for number, column in enumerate(rankings)]
    return pl.DataFrame([pl.Series("unit", units), *ranks])


def choice(name: str) -> str:
    return "top_k_overlap(k=2)" if name == "top_k_overlap" else name


@FEW
@given(RANKINGS)
def test_pairs_are_counted_as_by_looking_at_each(rows: list[tuple[int, ...]]) -> None:
    first, second, _ = (list(column) for column in zip(*rows, strict=True))
    signs = [
        np.sign(first[a] - first[b]) * np.sign(second[a] - second[b]) for a, b in combinations(range(len(rows)), 2)
    ]
    found = agreement(table(first, second), "kendall(variant=tau_a)")
    assert found["r1"][0] == pytest.approx(sum(signs) / len(signs))


@pytest.mark.parametrize("name", AGREEMENTS)
def test_a_ranking_agrees_in_full_with_itself(name: str) -> None:
    distance = installed().offers["agreement", name].method.distance
    found = agreement(table([2, 1, 4, 3], [2, 1, 4, 3]), choice(name))
    assert found["r1"].to_list() == pytest.approx([float(not distance)] * 2)


@pytest.mark.parametrize("name", AGREEMENTS)
def test_the_order_of_units_changes_no_agreement(name: str) -> None:
    rankings = table([1, 2, 2, 4, 5], [2, 1, 4, 4, 3])
    found = agreement(rankings.reverse(), choice(name))
    assert found["r1"].to_list() == pytest.approx(agreement(rankings, choice(name))["r1"].to_list())


@pytest.mark.parametrize("name", AGREEMENTS)
def test_only_the_order_of_ranks_counts(name: str) -> None:
    dense, competition = table([1, 2, 2, 3], [2, 1, 4, 3]), table([1, 2, 2, 4], [20, 10, 40, 30])
    assert agreement(dense, choice(name)).equals(agreement(competition, choice(name)))


@pytest.mark.parametrize("name", CONSENSUSES)
@FEW
@given(rows=RANKINGS)
@example(rows=[(4, 2, 2), (3, 3, 2), (3, 3, 4), (4, 1, 1), (3, 3, 3), (1, 3, 4), (2, 3, 4), (3, 1, 2)])
def test_a_unit_that_is_better_everywhere_is_not_ranked_worse(name: str, rows: list[tuple[int, ...]]) -> None:
    rankings = table(*(list(column) for column in zip(*rows, strict=True)))
    ranks = consensus(rankings, name)["rank"].to_list()
    for (one, mine), (other, theirs) in combinations(zip(rows, ranks, strict=True), 2):
        if all(a <= b for a, b in zip(one, other, strict=True)):
            assert mine <= theirs


@pytest.mark.parametrize("name", CONSENSUSES)
@FEW
@given(rows=RANKINGS)
def test_the_order_of_units_and_of_rankings_changes_no_consensus(name: str, rows: list[tuple[int, ...]]) -> None:
    rankings = table(*(list(column) for column in zip(*rows, strict=True)))
    columns = ("r0", "r1", "r2") if name in OPTIMAL else ("r2", "r0", "r1")
    turned = rankings.reverse().select("unit", *columns)
    assert consensus(turned, name)["rank"].to_list() == consensus(rankings, name)["rank"].to_list()[::-1]


@pytest.mark.parametrize("name", CONSENSUSES)
def test_the_consensus_of_one_ranking_is_that_ranking(name: str) -> None:
    assert consensus(table([2, 3, 1, 3]), name)["rank"].to_list() == [2, 3.5, 1, 3.5]


def test_majorities_are_counted_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    rankings = table([1, 2, 3, 4, 5, 6, 7], [7, 1, 2, 4, 3, 6, 5], [2, 1, 3, 5, 7, 6, 4])
    whole = consensus(rankings, "copeland")
    monkeypatch.setattr("indicia_methods.consensus.pairwise._CELLS", 14)
    assert consensus(rankings, "copeland").equals(whole)


@pytest.mark.parametrize(
    ("rankings", "method", "message"),
    [
        (table([1, 2], [1, None]), "kendall", "r1 does not rank u1"),
        (table([1, 2], [1, float("nan")]), "kendall", "r1 does not rank u1"),
        (table([1, 2]), "kendall", "kendall needs at least 2 rankings of 2 units, and the table has 1 of 2"),
        (table([1], [1]), "kendall", "at least 2 rankings of 2 units, and the table has 2 of 1"),
        (table([1, 2], [1, 1]), "spearman", "spearman has no value for r0 and r1"),
        (table([1, 1], [1, 1]), "goodman_kruskal", "goodman_kruskal has no value for r0 and r0"),
        (table([1, 2], [2, 1]), "top_k_overlap(k=3)", "top_k_overlap of the rankings: k = 3 exceeds the 2 units"),
        (table([1, 2], [2, 1]).with_columns(r2=pl.lit("a")), "ws", "r2 is no ranking: its type is String"),
        (table([1, 2], [2, 1]), "kendal", 'unknown agreement "kendal"\n  fix: did you mean "kendall"?'),
    ],
)
def test_an_agreement_that_cannot_be_measured_is_refused(rankings: pl.DataFrame, method: str, message: str) -> None:
    with pytest.raises(IndiciaError) as caught:
        agreement(rankings, method)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("rankings", "method", "message"),
    [
        (table([1, 2], [1, 2]), "spearman", "spearman compares two rankings only"),
        (table([1, 1], [1, 1]), "kendall_w", "kendall_w has no value for these rankings"),
    ],
)
def test_a_concordance_that_cannot_be_measured_is_refused(rankings: pl.DataFrame, method: str, message: str) -> None:
    with pytest.raises(IndiciaError, match=message):
        concordance(rankings, method)


def test_methods_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "from dataclasses import dataclass\n"
        "from indicia.catalogue import hookimpl\n"
        "from indicia.methods import Consensus\n\n"
        "@dataclass(frozen=True)\n"
        "class Inverse(Consensus):\n"
        "    '''Divide.'''\n"
        "    name = 'inverse'\n"
        "    reference = 'Example'\n"
        "    def combine(self, rankings):\n"
        "        return 1 / (rankings - 1).sum(axis=0)\n\n"
        "@hookimpl\n"
        "def indicia_consensuses():\n"
        "    return [Inverse]\n"
    )
    assert consensus(table([2, 1, 3], [1, 2, 3]), "inverse", plugins=[file])["rank"].to_list() == [1.5, 1.5, 3]
    with pytest.raises(IndiciaError, match="inverse has no score for u0"):
        consensus(table([1, 2, 3], [1, 2, 3]), "inverse", plugins=[file])
