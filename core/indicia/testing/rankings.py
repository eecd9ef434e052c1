"""What agreements and consensuses promise of any rankings."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from hypothesis import strategies as st

from indicia.analysis import agreement, concordance, consensus
from indicia.errors import IndiciaError
from indicia.methods import Agreement, JointAgreement
from indicia.testing.check import check
from indicia.testing.subject import CLOSE, alike

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indicia.testing.subject import Subject

Rankings = list[list[float]]
"""Numbers by which units are ranked, the lowest first, one list per ranking."""


@st.composite
def _rankings(draw: st.DrawFn, subject: Subject, *, ties: bool = True) -> Rankings:
    units = draw(st.integers(max(3, subject.method.minimum_units), max(12, subject.method.minimum_units)))
    one = st.lists(st.integers(1, units).map(float), min_size=units, max_size=units)
    whole = st.permutations([float(rank) for rank in range(1, units + 1)]).map(list)
    return draw(st.lists(st.one_of(whole, one) if ties else whole, min_size=2, max_size=4))


def table_of(rankings: Rankings, units: Sequence[str] | None = None) -> pl.DataFrame:
    names = units or [f"u{row}" for row in range(len(rankings[0]))]
    return pl.DataFrame({"unit": list(names), **{f"r{number}": ranks for number, ranks in enumerate(rankings)}})


def _asked(subject: Subject, example: object, work: Callable[[], Any]) -> Any:
    """Return what a method gives, or None where it states an error."""
    try:
        with subject.asked(example):
            return work()
    except IndiciaError as error:
        subject.refusals.append(str(error))
        return None


def _agreements(subject: Subject, rankings: Rankings, units: Sequence[str] | None = None) -> list[list[float]] | None:
    found = _asked(subject, rankings, lambda: agreement(table_of(rankings, units), subject.method))
    return None if found is None else [list(row) for row in found.drop("ranking").iter_rows()]


def _scores(subject: Subject, rankings: Rankings, units: Sequence[str] | None = None) -> list[list[float]] | None:
    found = _asked(subject, rankings, lambda: consensus(table_of(rankings, units), subject.method))
    return None if found is None else [found["score"].to_list(), found["rank"].to_list()]


def _flat(rows: list[list[float]]) -> list[float]:
    return [value for row in rows for value in row]


@check("agreement", "consensus")
def check_order_of_units(subject: Subject) -> None:
    """Units that come in another order agree as much, and get the same ranks."""
    promise = "the order of the units changes nothing"
    ask = _agreements if isinstance(subject.method, Agreement) else _scores

    def holds(drawn: tuple[Rankings, int]) -> bool:
        rankings, seed = drawn
        order = np.random.default_rng(seed).permutation(len(rankings[0])).tolist()
        before = ask(subject, rankings)
        after = ask(subject, [[ranks[row] for row in order] for ranks in rankings], [f"u{row}" for row in order])
        if before is not None and subject.kind == "consensus":
            before = [[values[row] for row in order] for values in before]
        if (before is None) != (after is None):
            subject.fail(promise, f"an error in one order, none in the other; {rankings}; other order {order}")
        if before is not None and after is not None and not alike(_flat(after), _flat(before), CLOSE):
            subject.fail(promise, f"{after} instead of {before}; {rankings}; other order {order}")
        return before is not None

    subject.drawn(promise, st.tuples(_rankings(subject), st.integers(0, 99)), holds)


@check("agreement", "consensus")
def check_order_of_rankings(subject: Subject) -> None:
    """Rankings that come in another order give the same consensus; each agreement of two stays what it is."""
    promise = "the order of the rankings changes nothing"
    if subject.depends_on_order:
        return

    def holds(rankings: Rankings) -> bool:
        turned = rankings[::-1]
        if isinstance(subject.method, Agreement):
            before, after = _agreements(subject, rankings), _agreements(subject, turned)
            after = None if after is None else [row[::-1] for row in after[::-1]]
        else:
            before, after = _scores(subject, rankings), _scores(subject, turned)
        if (before is None) != (after is None):
            subject.fail(promise, f"an error in one order, none in the other; {rankings}")
        if before is not None and after is not None and not alike(_flat(after), _flat(before), CLOSE):
            subject.fail(promise, f"{after} instead of {before}; {rankings}")
        return before is not None

    subject.drawn(promise, _rankings(subject), holds)


@check("agreement", "consensus")
def check_unanimity(subject: Subject) -> None:
    """Rankings that are all the same agree fully, 1 or as a distance 0, and are their own consensus."""

    def holds(rankings: Rankings) -> bool:
        same = [rankings[0]] * len(rankings)
        if not isinstance(subject.method, Agreement):
            found = _scores(subject, same)
            if found is not None and not alike(found[1], rankings[0], CLOSE):
                subject.fail("what all agree on is the consensus", f"ranks {found[1]} of {same}")
            return found is not None
        full = 0.0 if subject.method.distance else 1.0
        agreed = _agreements(subject, same)
        if agreed is not None and not alike(_flat(agreed), [full] * len(_flat(agreed)), CLOSE):
            subject.fail(f"rankings that are the same agree by {full:g}", f"{agreed} of {same}")
        if isinstance(subject.method, JointAgreement):
            joint = _asked(subject, same, lambda: concordance(table_of(same), subject.method))
            if joint is not None and not alike([joint], [full], CLOSE):
                subject.fail(f"rankings that are the same agree by {full:g}", f"{joint} of {same}")
        return agreed is not None

    subject.drawn("rankings that are the same agree fully", _rankings(subject, ties=False), holds)


@check("agreement")
def check_table(subject: Subject) -> None:
    """Agreements of many rankings at once are those of two at a time, and none agrees by more than fully."""
    promise = "the table of agreements holds what two rankings at a time measure"
    assert isinstance(subject.method, Agreement)
    turn, full = (-1, 0.0) if subject.method.distance else (1, 1.0)

    def holds(rankings: Rankings) -> bool:
        whole = _agreements(subject, rankings)
        if whole is None:
            return False
        if any(turn * value > turn * full + CLOSE for value in _flat(whole)):
            subject.fail(f"no rankings agree by more than those that are the same, {full:g}", f"{whole} of {rankings}")
        for one in range(len(rankings)):
            for other in range(one):
                pair = _agreements(subject, [rankings[one], rankings[other]])
                both = [whole[one][other], whole[other][one]]
                if pair is not None and not alike(both, [pair[0][1], pair[1][0]], CLOSE):
                    subject.fail(promise, f"{both} instead of {pair}, of r{one} and r{other}; {rankings}")
        return True

    subject.drawn(promise, _rankings(subject), holds)


@check("consensus")
def check_twins(subject: Subject) -> None:
    """Units that all rankings tie are tied in the consensus."""

    def holds(rankings: Rankings) -> bool:
        twice = [[*ranks, ranks[0]] for ranks in rankings]
        found = _scores(subject, twice)
        if found is not None and found[1][0] != found[1][-1]:
            subject.fail("what is alike is treated alike", f"ranks {found[1]}, first and last alike; {twice}")
        return found is not None

    subject.drawn("what is alike is treated alike", _rankings(subject), holds)


@check("consensus")
def check_unanimous_pairs(subject: Subject) -> None:
    """A unit that all rankings have ahead of another is not behind it in the consensus."""

    def holds(rankings: Rankings) -> bool:
        found = _scores(subject, rankings)
        if found is None:
            return False
        for one, other in permutations(range(len(rankings[0])), 2):
            if all(ranks[one] < ranks[other] for ranks in rankings) and found[1][one] > found[1][other]:
                told = f"ranks {found[1]}, where all have u{one} ahead of u{other}"
                subject.fail("what all have ahead is not behind", f"{told}; {rankings}")
        return True

    subject.drawn("what all have ahead is not behind", _rankings(subject), holds)
