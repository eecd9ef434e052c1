"""What is asked again is answered the same, and does not hang on names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indicia.analysis import agreement, consensus
from indicia.catalogue import KINDS
from indicia.errors import IndiciaError
from indicia.methods import Agreement
from indicia.testing import preparing, rankings
from indicia.testing.check import SCORED, check
from indicia.testing.subject import CLOSE, outcome_of, shown
from indicia.testing.tables import costs_of, words_for
from indicia.testing.ways import varied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from indicia.testing.subject import Columns, Subject

    Run = Callable[[], Any]

_TABLES: tuple[Columns, ...] = (
    {"x0": [2.0, 5.0, 3.0, 1.0, 7.0], "x1": [1.0, 2.0, 4.0, 3.0, 2.5], "x2": [5.0, 1.0, 2.0, 8.0, 3.0]},
    {"x0": [1.0, 2.0, 3.0, 4.0, 5.5], "x1": [6.0, 5.0, 3.0, 4.0, 2.0], "x2": [1.0, 3.0, 2.0, 4.0, 6.0]},
)
"""In the second, indicators agree: some weightings refuse those that do not."""
_GAPS: Columns = {
    "x0": [2.0, 0.5, 4.0, 7.0, 1.0, 6.0, 3.0, 9.0],
    "x1": [None, 7.0, 2.5, None, 4.0, 1.5, 8.0, 1.0],
    "x2": [5.0, None, 3.0, 2.0, 4.5, 9.0, None, 6.0],
}
_RANKINGS = [[1.0, 2.0, 3.0, 4.0, 5.0], [2.0, 1.0, 3.0, 5.0, 4.0], [1.0, 3.0, 2.0, 4.0, 5.0]]


@check(*(kind.name for kind in KINDS))
def check_again(subject: Subject) -> None:
    """Asked again, a method gives the same figures to the last digit, whatever others were made in between."""
    for example, run in _runs(subject):
        try:
            with subject.asked(example):
                first = run()
                for _ in varied(subject.method):
                    pass
            with subject.asked(example):
                second = run()
        except IndiciaError:
            continue
        if first != second:
            subject.fail("asked again, it gives the same figures", f"{second} instead of {first} of {example}")


def _runs(subject: Subject) -> Iterator[tuple[str, Run]]:
    """Yield tables, and how the method is asked for what it makes of them."""
    if subject.kind in preparing.KINDS:
        preparation = preparing.Preparation(subject.choice, subject.kind, subject.plugins)
        table = preparation.table(_GAPS)
        index = preparation.index_of(table)
        yield str(table), lambda: index.score(table.frame).prepared.to_dict(as_series=False)
    elif subject.kind in SCORED:
        for columns in _TABLES:
            yield shown(columns, costs_of(columns)), _figures(subject, columns)
    else:
        ask: Any = agreement if isinstance(subject.method, Agreement) else consensus
        ranked = rankings.table_of(_RANKINGS)
        yield str(_RANKINGS), lambda: ask(ranked, subject.method).to_dict(as_series=False)


def _figures(subject: Subject, columns: Columns) -> Run:
    costs = costs_of(columns)
    raw, frame = subject.stated(columns, costs, words=words_for(subject, columns, costs))
    index = subject.index(raw)
    return lambda: subject.figures(outcome_of(index.score(frame)))


_OTHER = {"x0": "zinc", "x1": "maize", "x2": "air"}


@check(*SCORED)
def check_names(subject: Subject) -> None:
    """What indicators and units are called changes nothing, but of a method whose parameters speak of them.

    Numbers that are drawn from a seed may go by the names: by what else, if the order of the columns is to be nothing.
    """
    if subject.judged or subject.method.example or "seed" in subject.method.parameters:
        return
    for columns in _TABLES:
        costs = costs_of(columns)
        before = subject.score(columns, costs, words=words_for(subject, columns, costs))
        called = {_OTHER[name]: x for name, x in columns.items()}
        words = words_for(subject, called, costs_of(called))
        after = subject.score(called, costs_of(called), words=words, units=["e", "a", "d", "b", "c"])
        figures = {_OTHER.get(name, name): values for name, values in subject.figures(before).items()}
        if (before.error is None) != (after.error is None) or (
            before.error is None and not subject.same(subject.figures(after), figures, CLOSE)
        ):
            told = before.error or after.error or f"{subject.figures(after)} instead of {figures}"
            subject.fail("what indicators and units are called changes nothing", f"{told}; {shown(called)}")
