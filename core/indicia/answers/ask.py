"""Asking an index: the choice of an analysis with its options, and the check of its answer."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from indicia.analyses import Analysis, Facts, Part
from indicia.answers.answer import Answer, Held, attempted
from indicia.answers.needs import Asked, Rows, Scores, Subject
from indicia.definition import ROOT
from indicia.errors import DefinitionError, MethodError, join_names, suggest
from indicia.lazy import class_at
from indicia.outcome import names_in_columns
from indicia.progress import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from indicia.catalogue import Catalogue
    from indicia.definition import Definition, Origin
    from indicia.scorable import Scorable
    from indicia.types import TableLike

A = TypeVar("A", bound=Analysis)

KIND = "analysis"


def chosen(index: Scorable, analysis: str | Analysis, options: Mapping[str, Any]) -> Analysis:
    """Return an analysis with its options, checked: the given ones, else those of the index file, else the defaults.

    Parameters
    ----------
    index : Index or FittedIndex
        The index, whose `[analyses.NAME]` states options.
    analysis : str or Analysis
        The name of an analysis, or an instance, which has all of its options.
    options : mapping
        The options that are given, by name.

    Returns
    -------
    Analysis
        The analysis.

    Raises
    ------
    IndiciaError
        If there is no such analysis, or an option is unknown or wrong.
    """
    if isinstance(analysis, Analysis) and options:
        raise DefinitionError(
            f"{analysis.name} is given with its options, and {join_names(options)} again",
            remedy=f'write them in the instance, or the name: "{analysis.name}"',
        )
    choice = {"method": analysis, **options} if isinstance(analysis, str) else analysis
    catalogue = index.catalogue.with_kind(KIND).with_defaults(KIND, index.definition.analyses)
    built = catalogue.choose(KIND, choice, index.origin.folder)
    assert isinstance(built, Analysis)
    return built


def check_stated(definition: Definition, catalogue: Catalogue, origin: Origin) -> None:
    """Refuse `[analyses.NAME]` of an unknown analysis, and options that it does not have.

    Parameters
    ----------
    definition : Definition
        The definition of the index.
    catalogue : Catalogue
        The catalogue of the index; it may lack analyses.
    origin : Origin
        The file of the definition.

    Raises
    ------
    DefinitionError
        With the line of the fault.
    """
    known = catalogue.with_kind(KIND)
    for name, options in definition.analyses.items():
        try:
            built = known.choose(KIND, {"method": name, **options}, origin.folder)
            if isinstance(built, Analysis) and built.section:
                raise MethodError(
                    f"[analyses.{name}] has no options: those of {name} stand in [{built.section}]",
                    remedy=f"move them to [{built.section}]",
                )
        except MethodError as error:
            option = next((word for word in options if f'"{word}"' in error.what or f": {word} =" in error.what), None)
            keys = ["analyses", name, *([option] if option else [])]
            raise DefinitionError(error.what, where=origin.where(keys), remedy=error.remedy) from error


def answer_of(
    index: Scorable,
    analysis: A,
    table: TableLike | None = None,
    *,
    progress: Progress = silent,
    facts: Facts | None = None,
    source: str | None = None,
) -> Answer[A]:
    """Answer an analysis for an index, and hold the answer to its declaration.

    Parameters
    ----------
    index : Index or FittedIndex
        The index.
    analysis : Analysis
        The analysis with its options.
    table : path, frame, dict or "-", optional
        The data; by default the table of the index file.
    progress : callable, optional
        Receives the finished part of the work and all of it; by default nothing is reported.
    facts : Facts, optional
        Facts that other analyses of the same index and data have computed; by default all are computed.
    source : str, optional
        The name of the table for readers, if the table is a frame that was read from a file.

    Returns
    -------
    Answer
        The tables and sentences.

    Raises
    ------
    IndiciaError
        If the index has no answer to the question, or the answer is not as declared.
    """
    _check_parts(index, analysis)
    if facts is None or (analysis.period is not None and analysis.period != facts[Asked()].period):
        facts = Facts({Asked(): Subject(index, table, analysis.period, source)}, progress)
    analysis.check(facts)
    result, (shown_period, _) = facts[Scores()], facts[Rows()]
    with index.origin.located():
        frames = held(analysis, facts, names_in_columns(index.definition, result.scored.units))
    answer: Answer[A] = class_at(analysis.answer)(index.definition, analysis, frames, result, facts, shown_period)
    return answer


def held(analysis: Analysis, facts: Facts, names: Mapping[str, Container[str]] | None = None) -> Held:
    """Return the frames that an analysis computes, held to their declarations."""
    computed = attempted(analysis.name, lambda: analysis.compute(facts))
    return Held(analysis, computed, {**(names or {}), **analysis.names_in_columns(facts)})


def _check_parts(index: Scorable, analysis: Analysis) -> None:
    """Refuse options that name a part which the index does not have."""
    parts = (ROOT, *index.definition.parts)
    annotations = type(analysis).annotations_of_options()
    for option in fields(analysis):
        if Part not in getattr(annotations[option.name], "__metadata__", ()):
            continue
        value = getattr(analysis, option.name)
        for name in [value] if isinstance(value, str) else value or ():
            if name not in parts:
                raise DefinitionError(
                    f'{analysis.name}: {option.name} names "{name}", which is no part of the index',
                    remedy=suggest(name, parts),
                )
