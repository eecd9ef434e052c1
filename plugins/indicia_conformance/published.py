"""The figures of worked examples: a run, and the figures that differ from those of the source."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.catalogue import KINDS
from indicia.catalogue.discovery import build_from_installed
from indicia.catalogue.worked import worked_examples
from indicia.errors import IndiciaError, IndiciaWarning, MethodWarning
from indicia.index import Index
from indicia.methods import Agreement, Consensus, JointAgreement, Method, WorkedExample
from indicia_conformance.check import check
from indicia_conformance.subject import Subject, catalogue_of
from indicia_statistics.analysis import agreement, concordance, consensus

if TYPE_CHECKING:
    from collections.abc import Iterator


_PROMISE = "the figures of its worked examples come out"


def examples_of(subject: Subject) -> tuple[WorkedExample, ...]:
    """Return the worked examples of a method under test."""
    return worked_examples(type(subject.method), subject.kind)


def may_have_examples(subject: Subject) -> bool:
    """Return True if the subject is a method: a check and an output have no worked examples."""
    return subject.kind in check_worked_examples.kinds


@check(*(kind.name for kind in KINDS))
def check_worked_examples(subject: Subject) -> None:
    """The figures of its worked examples come out.

    A method without worked examples does not make the promise, and its card says so.
    """
    for example in examples_of(subject):
        verify_example(subject, example)


def verify_example(subject: Subject, example: WorkedExample) -> None:
    """Fail if a figure differs from that of the source by more than the precision of the source."""
    method = build_from_installed(type(subject.method), example.parameters, Path())
    own = replace(subject, choice=method)
    try:
        with own.watch(example.source), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", IndiciaWarning)
            warnings.simplefilter("error", MethodWarning)
            figures = figures_of(own, method, example)
    except IndiciaError as error:
        own.fail(_PROMISE, f"{error}\n  {example.source}", error)
    if example.warning and not any(example.warning in str(warning.message) for warning in caught):
        own.fail(_PROMISE, f"no warning has the words {example.warning!r}\n  {example.source}")
    if lacking := [name for name in example.expected if name not in figures]:
        reason = f"a run has no {', '.join(lacking)}, and has {', '.join(figures)}"
        own.fail(_PROMISE, f"{reason}\n  {example.source}")
    for name, expected in example.expected.items():
        if place := next(_differences(name, figures[name], expected, example.precision), None):
            own.fail(_PROMISE, f"{place}\n  {example.source}\n  {dict(example.table)}")


def figures_of(subject: Subject, method: Method, example: WorkedExample) -> dict[str, Any]:
    """Return the figures of a run of a worked example, by the names of `indicia.methods.contract.FIGURES`."""
    table = pl.DataFrame(dict(example.table), strict=False)
    if isinstance(method, Agreement):
        compared = agreement(table, method).to_dicts()[0]
        together = {"together": concordance(table, method)} if isinstance(method, JointAgreement) else {}
        return {"with": compared, **together}
    if isinstance(method, Consensus):
        ranked = consensus(table, method, weights=example.weights)
        return {"scores": ranked["score"].to_list(), "ranks": ranked["rank"].to_list()}
    definition = {
        "data": {"unit": "unit", **example.data},
        "indicators": example.words,
        "methodology": {**example.methodology, subject.kind: method},
    }
    result = Index(definition, catalogue_of(subject.plugins)).score(table)
    return {
        "prepared": result.prepared.to_dict(as_series=False),
        "normalised": result.normalised.to_dict(as_series=False),
        "weights": dict(result.weights.select("id", "weight").iter_rows()),
        "facts": dict(result.facts.get("index", {})),
        "scores": result.scores["score"].to_list(),
        "ranks": result.scores["rank"].to_list(),
    }


def _differences(place: str, figure: Any, expected: Any, precision: float) -> Iterator[str]:
    """Yield a sentence for each figure that differs by more than the precision."""
    if isinstance(expected, dict):
        for name, value in expected.items():
            if name in figure:
                yield from _differences(f"{place} of {name}", figure[name], value, precision)
            else:
                yield f"{place} have no {name}"
    elif isinstance(expected, list | tuple):
        if len(figure) != len(expected):
            yield f"{place} are {len(figure)}, and the source has {len(expected)}"
        for number, pair in enumerate(zip(figure, expected, strict=False), start=1):
            yield from _differences(f"{place}, number {number},", *pair, precision)
    elif figure is None or expected is None:
        if figure is not expected:
            yield f"{place} is {figure} instead of {expected}"
    elif isinstance(expected, str) or isinstance(figure, str):
        if figure != expected:
            yield f"{place} is {figure!r} instead of {expected!r}"
    elif not abs(figure - expected) <= precision:
        yield f"{place} is {figure} instead of {expected}, with the precision {precision:g}"
