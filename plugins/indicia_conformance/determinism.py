"""The same figures from each run of a method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indicia.catalogue import KINDS
from indicia.errors import IndiciaError
from indicia_conformance.check import ON_TABLES, check
from indicia_conformance.invariance import TABLES
from indicia_conformance.rankings import compare_rankings, table_of
from indicia_conformance.round_trips import variants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from indicia_conformance.sample import Columns, Sample
    from indicia_conformance.subject import Subject


_GAPS: Columns = {
    "x0": [2.0, 0.5, 4.0, 7.0, 1.0, 6.0, 3.0, 9.0],
    "x1": [None, 7.0, 2.5, None, 4.0, 1.5, 8.0, 1.0],
    "x2": [5.0, None, 3.0, 2.0, 4.5, 9.0, None, 6.0],
}
_RANKINGS = [[1.0, 2.0, 3.0, 4.0, 5.0], [2.0, 1.0, 3.0, 5.0, 4.0], [1.0, 3.0, 2.0, 4.0, 5.0]]


@check(*(kind.name for kind in KINDS))
def check_repeat(subject: Subject) -> None:
    """A second run gives the same figures to the last digit, even after methods with other parameters were built."""
    for example, run in _runs(subject):
        try:
            with subject.watch(example):
                first = run()
                for _ in variants(subject.method):
                    pass
            with subject.watch(example):
                second = run()
        except IndiciaError:
            continue
        if first != second:
            subject.fail("a second run gives the same figures", f"{second} instead of {first} of {example}")


def _runs(subject: Subject) -> Iterator[tuple[object, Callable[[], Any]]]:
    """Yield examples, each with a function that runs the method on it."""
    if subject.kind in ON_TABLES:
        for columns in [_GAPS] if subject.prepares else TABLES:
            yield (sample := subject.sample(columns)), _run(subject, sample)
    else:
        table = table_of(_RANKINGS)
        yield _RANKINGS, lambda: compare_rankings(subject.method, table).to_dict(as_series=False)


def _run(subject: Subject, sample: Sample) -> Callable[[], Any]:
    """Return a function that scores the sample each time; `subject.run` would return a stored outcome."""
    index, frame = subject.index(sample), subject.frame(sample)
    return lambda: subject.figures(subject.outcome(index.score(frame), sample))
