"""The cells of the statistics of a fitted index: numbers, which the data of the workbook do not change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.formulas import Node, Question, RecordedFormula, depends_on_weights
from indicia.formulas.node import Statistic
from indicia.tables.scope import VALUE, Value
from indicia_workbook.text import Column, NoFormula

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia_workbook.contents import Contents


def fitted_cells(contents: Contents, stage: str, formula: RecordedFormula, subject: Column | str) -> dict[Node, Any]:
    """Return the cells of the statistics that a formula takes from a fitted index, by the nodes of the formula.

    Statistics that a run of the fitted index computes from its data are formulas, and have no cells here.
    """
    fitted = contents.result.scored.fitted_by
    if fitted is None:
        return {}
    values = fitted.of(stage)
    cells: dict[Node, Any] = {}
    for question, node in formula.questions.items():
        of_other_weights = question.subject[0] in fitted.computed_at("weighting") and depends_on_weights(node)
        if isinstance(node, Statistic) and question in values and not of_other_weights:
            cells[node] = _cells(contents, question, values[question], subject)
    return cells


def _cells(contents: Contents, question: Question, value: Value, subject: Column | str) -> Any:
    """Return the cell of a statistic; a list of cells for several numbers."""
    of_groups = _by_group(contents, value)
    kind = f"{question.kind}{_in_brackets(question.arguments)} (fitted)"
    if len(question.subject) > 1:
        subject = " · ".join(contents.name_of(part) if part in _parts(contents) else part for part in question.subject)
    if not isinstance(of_groups[0], list):
        return contents.layout.add_numbers(subject, kind, [float(number) for number in of_groups])
    places = range(len(of_groups[0]))
    return [
        contents.layout.add_numbers(subject, f"{kind} {place + 1}", [float(numbers[place]) for numbers in of_groups])
        for place in places
    ]


def _parts(contents: Contents) -> Mapping[str, object]:
    return contents.result.definition.parts


def _in_brackets(arguments: Sequence[object]) -> str:
    return f"({', '.join(map(str, arguments))})" if arguments else ""


def _by_group(contents: Contents, value: Value) -> list[Any]:
    """Return the value of each group of the layout."""
    labels, names = contents.layout.group.labels, contents.layout.group.key
    if not isinstance(value, pl.DataFrame):
        values: list[Any] = [value] * len(labels)
    else:
        key = value.columns[:-1]
        if tuple(key) != tuple(names):
            raise NoFormula("a statistic of other groups")
        of_key = {tuple(map(str, row[:-1])): row[-1] for row in value.rows() if value.columns[-1] == VALUE}
        values = [of_key.get(tuple(map(str, label))) for label in labels]
    if any(number is None for number in values):
        raise NoFormula("a statistic that the fitted index lacks")
    return values
