"""The kinds of the record: kinds of method, the examples, the gallery, and the answers to all questions."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

from golden import answers, indices, methods
from golden.machine import machine
from golden.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from golden.outcome import Line, Outcome

EXAMPLES, GALLERY, ANSWERS = "examples", "gallery", "answers"


def subjects() -> list[tuple[str, str]]:
    """Return the kind and the name of every method and index that can be computed here."""
    indices_here = [(EXAMPLES, name) for name in indices.examples()] + [(GALLERY, name) for name in indices.gallery()]
    return [*indices_here, *((ANSWERS, name) for name in answers.SUBJECTS), *methods.shipped()]


def outcomes(kind: str, subject: str) -> dict[str, Outcome]:
    """Return the outcomes of a method or an index, by setting."""
    if kind == EXAMPLES:
        return indices.outcomes(indices.examples()[subject])
    if kind == GALLERY:
        return indices.outcomes(indices.gallery()[subject])
    return answers.outcomes(subject) if kind == ANSWERS else methods.outcomes(kind, subject)


def lines(kind: str, subject: str) -> dict[str, Line]:
    """Return the lines of a method or an index, by setting."""
    return {setting: outcome.line for setting, outcome in outcomes(kind, subject).items()}


def computed(of: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, dict[str, Line]]]:
    """Compute the lines of methods and indices, in as many processes as there are processors."""
    chosen = list(of)
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for (kind, subject), found in zip(chosen, pool.map(_lines, chosen), strict=True):
            yield kind, subject, found


def records(of: Iterable[tuple[str, str]]) -> dict[str, Record]:
    """Compute the record of each kind."""
    whole: dict[str, dict[tuple[str, str], Line]] = {}
    for kind, subject, found in computed(of):
        whole.setdefault(kind, {}).update({(subject, setting): line for setting, line in found.items()})
    return {kind: Record(machine(), lines) for kind, lines in whole.items()}


def _lines(subject: tuple[str, str]) -> dict[str, Line]:
    return lines(*subject)
