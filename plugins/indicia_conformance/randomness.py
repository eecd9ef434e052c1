"""Promises of random methods about seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.errors import IndiciaError
from indicia_conformance.cells import samples
from indicia_conformance.check import check

if TYPE_CHECKING:
    from indicia_conformance.sample import Sample
    from indicia_conformance.subject import Subject


_SEEDS = (2, 3, 5, 8, 13)
"""Seeds of which one at least changes a figure; a single one may draw the same donors by chance."""


@check("imputation", "weighting", "aggregation", random=True)
def check_same_seed(subject: Subject) -> None:
    """A random method gives the same figures with the same seed, whatever was run before."""
    promise = "the same seed gives the same figures"

    def holds(sample: Sample) -> bool:
        try:
            with subject.watch(sample):
                first = _figures(subject, sample, 1)
                _figures(subject, sample, _SEEDS[0])
                second = _figures(subject, sample, 1)
        except IndiciaError as error:
            subject.errors.append(str(error))
            return False
        if first != second:
            subject.fail(promise, f"{second} instead of {first}; {sample}")
        return True

    subject.try_examples(promise, samples(subject), holds, effort=0.5)


@check("imputation", "weighting", "aggregation", random=True)
def check_other_seed(subject: Subject) -> None:
    """A random method gives other figures with another seed."""
    gap = None if subject.prepares else 5.0
    columns = {
        "x0": [2.0, 0.5, 4.0, 7.0, 1.0, 6.0, 3.0, 9.0, gap, 5.5],
        "x1": [gap, 7.0, 2.5, gap, 4.0, 1.5, 8.0, 1.0, 3.5, 6.5],
        "x2": [5.0, gap, 3.0, 2.0, 4.5, 9.0, gap, 6.0, 7.5, 1.0],
    }
    sample = subject.sample(columns)
    promise = "another seed gives other figures"
    try:
        with subject.watch(sample):
            first = _figures(subject, sample, 1)
            others = [_figures(subject, sample, seed) for seed in _SEEDS]
    except IndiciaError as error:
        subject.fail(promise, f"no seed can be compared: {error}")
    if all(other == first for other in others):
        subject.fail(promise, f"{first} with the seeds 1, {', '.join(map(str, _SEEDS))} of {sample}")


def _figures(subject: Subject, sample: Sample, seed: int) -> dict[str, object]:
    """Return the prepared values of a sample with a seed, or its weights and scores, from a run of its own."""
    index = subject.index(sample.with_methodology(seed=seed))
    outcome = subject.outcome(index.score(subject.frame(sample)), sample)
    return dict(outcome.prepared) if subject.prepares else {**outcome.weights, "scores": outcome.scores}
