"""Promises of agreements and consensuses about any rankings."""

from __future__ import annotations

from itertools import permutations
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from hypothesis import strategies as st

from indicia.methods import Agreement, Consensus, JointAgreement
from indicia_conformance.check import ON_RANKINGS, check
from indicia_conformance.tolerance import CLOSE
from indicia_statistics.analysis import agreement, concordance, consensus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia_conformance.subject import Subject

Rankings = list[list[float]]
"""The ranks of all units, the lowest best, by ranking."""


@st.composite
def _rankings(draw: st.DrawFn, subject: Subject, *, ties: bool = True) -> Rankings:
    units = draw(st.integers(max(3, subject.method.minimum_units), max(12, subject.method.minimum_units)))
    tied = st.lists(st.integers(1, units).map(float), min_size=units, max_size=units)
    strict = st.permutations([float(rank) for rank in range(1, units + 1)]).map(list)
    return draw(st.lists(st.one_of(strict, tied) if ties else strict, min_size=2, max_size=4))


def table_of(rankings: Rankings, units: Sequence[str] | None = None) -> pl.DataFrame:
    names = units or [f"u{row}" for row in range(len(rankings[0]))]
    return pl.DataFrame({"unit": list(names), **{f"r{number}": ranks for number, ranks in enumerate(rankings)}})


def compare_rankings(method: Any, table: pl.DataFrame) -> pl.DataFrame:
    """Return the table of agreements, or the scores and ranks of the consensus."""
    return agreement(table, method) if isinstance(method, Agreement) else consensus(table, method)


def _figures(subject: Subject, rankings: Rankings, units: Sequence[str] | None = None) -> list[list[float]] | None:
    """Return the rows of the table of agreements, or the scores and the ranks of a consensus; None for an error."""
    table = subject.attempt(rankings, lambda: compare_rankings(subject.method, table_of(rankings, units)))
    if table is None:
        return None
    if subject.kind == "consensus":
        return [table["score"].to_list(), table["rank"].to_list()]
    return [list(row) for row in table.drop("ranking").iter_rows()]


def _flat(rows: list[list[float]]) -> list[float]:
    return [value for row in rows for value in row]


def _compare(
    subject: Subject,
    promise: str,
    figures: list[list[float]] | None,
    expected: list[list[float]] | None,
    example: object,
) -> bool:
    """Fail if the figures differ or only one run is an error; return False if both are errors."""
    if (figures is None) != (expected is None):
        subject.fail(promise, f"an error in one run, none in the other; {example}")
    if figures is None or expected is None:
        return False
    if not subject.equal(_flat(figures), _flat(expected), CLOSE):
        subject.fail(promise, f"{figures} instead of {expected}; {example}")
    return True


@check(*ON_RANKINGS)
def check_order_of_units(subject: Subject) -> None:
    """Units in another order give the same agreement, and get the same ranks."""

    def holds(example: tuple[Rankings, int]) -> bool:
        rankings, seed = example
        order = np.random.default_rng(seed).permutation(len(rankings[0])).tolist()
        expected = _figures(subject, rankings)
        other = _figures(subject, [[ranks[row] for row in order] for ranks in rankings], [f"u{row}" for row in order])
        if expected is not None and subject.kind == "consensus":
            expected = [[values[row] for row in order] for values in expected]
        promise = "the order of the units changes nothing"
        return _compare(subject, promise, other, expected, f"{rankings}; other order {order}")

    strategy = st.tuples(_rankings(subject), st.integers(0, 99))
    subject.try_examples("the order of the units changes nothing", strategy, holds)


@check(*ON_RANKINGS, whatever_the_order=True)
def check_order_of_rankings(subject: Subject) -> None:
    """Rankings in another order give the same consensus, and the same agreement of each pair."""
    promise = "the order of the rankings changes nothing"

    def holds(rankings: Rankings) -> bool:
        expected, other = _figures(subject, rankings), _figures(subject, rankings[::-1])
        if other is not None and subject.kind == "agreement":
            other = [row[::-1] for row in other[::-1]]
        return _compare(subject, promise, other, expected, rankings)

    subject.try_examples(promise, _rankings(subject), holds)


@check(*ON_RANKINGS)
def check_unanimity(subject: Subject) -> None:
    """Equal rankings have full agreement, 1, or 0 for a distance; their consensus is the same ranking."""

    def holds(rankings: Rankings) -> bool:
        same = [rankings[0]] * len(rankings)
        figures = _figures(subject, same)
        if not isinstance(subject.method, Agreement):
            if figures is not None and not subject.equal(figures[1], rankings[0], CLOSE):
                subject.fail("the consensus of equal rankings is the same ranking", f"ranks {figures[1]} of {same}")
            return figures is not None
        full = 0.0 if subject.method.distance else 1.0
        promise = f"equal rankings agree by {full:g}"
        if figures is not None and not subject.equal(_flat(figures), [full] * len(_flat(figures)), CLOSE):
            subject.fail(promise, f"{figures} of {same}")
        if isinstance(method := subject.method, JointAgreement):
            joint = subject.attempt(same, lambda: concordance(table_of(same), method))
            if joint is not None and not subject.equal([joint], [full], CLOSE):
                subject.fail(promise, f"{joint} of {same}")
        return figures is not None

    subject.try_examples("equal rankings agree fully", _rankings(subject, ties=False), holds)


@check("agreement")
def check_table(subject: Subject) -> None:
    """The table of agreements holds the agreement of each pair of rankings; none exceeds full agreement."""
    assert isinstance(subject.method, Agreement)
    turn, full = (-1, 0.0) if subject.method.distance else (1, 1.0)

    def holds(rankings: Rankings) -> bool:
        table = _figures(subject, rankings)
        if table is None:
            return False
        if any(turn * value > turn * full + CLOSE for value in _flat(table)):
            subject.fail(f"no agreement exceeds that of equal rankings, {full:g}", f"{table} of {rankings}")
        for first in range(len(rankings)):
            for second in range(first):
                pair = _figures(subject, [rankings[first], rankings[second]])
                both = [table[first][second], table[second][first]]
                if pair is not None and not subject.equal(both, [pair[0][1], pair[1][0]], CLOSE):
                    reason = f"{both} instead of {pair}, of r{first} and r{second}"
                    subject.fail(promise, f"{reason}; {rankings}")
        return True

    promise = "the table of agreements holds the agreement of each pair of rankings"
    subject.try_examples(promise, _rankings(subject), holds)


_ORDER = [float(rank) for rank in range(1, 13)]
_TIED: tuple[Rankings, ...] = (
    [_ORDER, [2.0, 1.0, 3.5, 3.5, 6.0, 5.0, *_ORDER[6:]]],
    [[1.5, 1.5, *_ORDER[2:]], [2.0, 1.0, 3.0, 5.0, 5.0, 5.0, *_ORDER[6:]], [*_ORDER[:9], 12.0, 11.0, 10.0]],
)
"""Rankings with a few tied units."""


@check(*ON_RANKINGS)
def check_ties(subject: Subject) -> None:
    """Rankings with tied units are compared or combined, since the ranks of indices have ties."""
    for rankings in _TIED:
        if _figures(subject, rankings) is None:
            subject.fail("rankings with tied units have a result", f"{subject.errors[-1]}; {rankings}")


@check("consensus")
def check_twins(subject: Subject) -> None:
    """Units that all rankings tie are tied in the consensus."""
    promise = "equal units get equal ranks"

    def holds(rankings: Rankings) -> bool:
        with_twin = [[*ranks, ranks[0]] for ranks in rankings]
        figures = _figures(subject, with_twin)
        if figures is not None and figures[1][0] != figures[1][-1]:
            subject.fail(promise, f"ranks {figures[1]}, though first and last are equal; {with_twin}")
        return figures is not None

    subject.try_examples(promise, _rankings(subject), holds)


def _combined(
    subject: Subject, table: pl.DataFrame, weights: Mapping[str, float] = MappingProxyType({})
) -> pl.DataFrame:
    """Return the scores and ranks of the consensus of rankings with weights."""
    assert isinstance(subject.method, Consensus)
    return consensus(table, subject.method, weights=weights)


@check("consensus")
def check_weights_of_rankings(subject: Subject) -> None:
    """If `takes_weights` is declared, a ranking of weight 2 ranks the units as two equal rankings do."""
    promise = "a ranking of weight 2 counts as two equal rankings"

    def holds(rankings: Rankings) -> bool:
        table = table_of(rankings)
        twice = table.with_columns(pl.col("r0").alias("again"))
        weighted = subject.attempt(rankings, lambda: _combined(subject, table, {"r0": 2}))
        doubled = subject.attempt(rankings, lambda: _combined(subject, twice))
        if weighted is None or doubled is None:
            return False
        if not subject.equal(weighted["rank"].to_list(), doubled["rank"].to_list(), CLOSE):
            subject.fail(promise, f"ranks {weighted['rank'].to_list()}, not {doubled['rank'].to_list()}, of {rankings}")
        return True

    subject.try_examples(promise, _rankings(subject), holds)


@check("consensus")
def check_partial_lists(subject: Subject) -> None:
    """If `takes_partial` is declared, a unit that a list adds at its end is not behind one that no list names."""
    promise = "a unit that a list names is not behind a unit that no list names"

    def holds(rankings: Rankings) -> bool:
        lists = [[None if rank > 2 else rank for rank in ranks] for ranks in rankings]
        if not all(any(rank is not None for rank in ranks) for ranks in lists):
            return False
        table = pl.DataFrame(
            {
                "unit": [f"u{row}" for row in range(len(lists[0]))],
                **{f"r{number}": pl.Series(ranks, dtype=pl.Float64) for number, ranks in enumerate(lists)},
            }
        )
        combined = subject.attempt(lists, lambda: _combined(subject, table))
        if combined is None:
            return False
        ranks = combined["rank"].to_list()
        named = [any(of_list[row] is not None for of_list in lists) for row in range(len(ranks))]
        behind = max((rank for rank, is_named in zip(ranks, named, strict=True) if is_named), default=0.0)
        if any(rank < behind for rank, is_named in zip(ranks, named, strict=True) if not is_named):
            subject.fail(promise, f"ranks {ranks} of {lists}")
        return True

    subject.try_examples(promise, _rankings(subject), holds)


@check("consensus")
def check_unanimous_pairs(subject: Subject) -> None:
    """A unit that all rankings place ahead of another is not behind it in the consensus."""
    promise = "a unit that is ahead in all rankings is not behind"

    def holds(rankings: Rankings) -> bool:
        figures = _figures(subject, rankings)
        if figures is None:
            return False
        for unit, other in permutations(range(len(rankings[0])), 2):
            if all(ranks[unit] < ranks[other] for ranks in rankings) and figures[1][unit] > figures[1][other]:
                reason = f"ranks {figures[1]}, though u{unit} is ahead of u{other} in all rankings"
                subject.fail(promise, f"{reason}; {rankings}")
        return True

    subject.try_examples(promise, _rankings(subject), holds)
