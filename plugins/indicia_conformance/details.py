"""The tables of further results: declared by name, with figures, and of columns of one length."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.errors import IndiciaError, MethodFailure
from indicia.methods import Aggregation
from indicia.stages.details import UNITS
from indicia_conformance.check import check
from indicia_conformance.invariance import TABLES

if TYPE_CHECKING:
    from indicia_conformance.sample import Sample
    from indicia_conformance.subject import Subject

_PROMISE = "the tables of details are declared, and their figures are the same in each run and not infinite"


@check("imputation", "treatment", "weighting", "aggregation")
def check_details(subject: Subject) -> None:
    """Each table of further results is declared, can be made again with the same figures, and has no infinite ones."""
    tables = [{**columns, "x1": [None, *columns["x1"][1:]]} if subject.prepares else columns for columns in TABLES]
    samples = [subject.sample(columns) for columns in tables]
    tried = [_declares_its_tables(subject, sample) for sample in samples]
    if isinstance(subject.method, Aggregation) and any(tried):
        missing = set(subject.method.reported_tables) - {name for shown in tried if shown for name in shown}
        if missing:
            subject.fail(_PROMISE, f"no run has the table {', '.join(sorted(missing))}; {samples[0]}")


def _declares_its_tables(subject: Subject, sample: Sample) -> list[str] | None:
    """Return the names of the tables of a run, after a look at each; None if the run is refused."""
    result = subject.attempt(sample, lambda: subject.index(sample).score(subject.frame(sample)))
    if result is None:
        return None
    shown = list(result.detail_tables())
    if undeclared := [name for name in shown if name not in (UNITS, *subject.method.detail_tables)]:
        remedy = "detail_tables names each table, with what a row of it is"
        subject.fail(_PROMISE, f"{', '.join(undeclared)} is not declared; {sample}\n  fix: {remedy}")
    for name in shown:
        try:
            frame = result.details(table=name)
        except MethodFailure as error:
            subject.fail(_PROMISE, f"{error.what}; {sample}", error)
        except IndiciaError:  # such as a table of pairs of too many units
            continue
        again = subject.index(sample).score(subject.frame(sample)).details(table=name)
        if not frame.equals(again):
            subject.fail(_PROMISE, f"{name} has other figures in a second run; {sample}")
        numbers = frame.select(pl.col(pl.Float64).is_infinite().any())
        if infinite := [column.name for column in numbers if column.item()]:
            subject.fail(_PROMISE, f"{name} is infinite in {', '.join(infinite)}; {sample}")
    return shown
