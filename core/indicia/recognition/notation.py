"""The notation of the numbers of a table: decimal mark, thousands, percent signs, units, magnitudes, notes, gaps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from indicia.data.notation import Marks, to_numbers
from indicia.data.notation_remedies import notation_remedies
from indicia.data.table_format import MISSING
from indicia.errors import pluralise
from indicia.recognition.cells_of_numbers import CellsOfNumbers, mark_and_flag
from indicia.recognition.decimal_marks import decimal_and_thousands
from indicia.recognition.marks_beside_numbers import marks_beside_numbers
from indicia.recognition.notation_observations import notation_observations
from indicia.recognition.observation import Observation
from indicia.recognition.sample import sample_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.data.table_format import NumberFormat

_FRACTIONS = 1_000
"""The cells of a column of numbers in which fractions are sought."""


def recognise_numbers(
    frame: pl.DataFrame, stated: NumberFormat, *, separator: str | None = None
) -> tuple[NumberFormat, list[Observation]]:
    """Return the notation of the numbers in the columns of text, and the observations that it rests on.

    A table has one decimal mark. `separator` is the character between the fields of a text file, "," if the file has
    none of its own, and None for a table of another source. Words that are `stated`, other than the default, stay.
    A column with texts that no notation reads stays text, and raises a question.

    >>> from indicia.data import NumberFormat
    >>> rents = pl.DataFrame({"town": ["Lima", "Oslo"], "rent": ["1.234,50 €", "987,00 €"]})
    >>> numbers, observations = recognise_numbers(rents, NumberFormat(), separator=";")
    >>> numbers.decimal, numbers.thousands, numbers.unit_marks
    (',', ('.',), ('€',))
    >>> print(observations[0].sentence)
    rent: "1.234,50 €" is read as 1,234.5, with the comma as the decimal mark and the point between thousands
    """
    marks = Marks.of(stated)
    texts = [name for name, dtype in frame.schema.items() if dtype in (pl.String, pl.Categorical, pl.Enum)]
    columns = [
        column
        for series in sample_rows(frame.select(texts))
        if (column := CellsOfNumbers.of(series.cast(pl.String), marks, series.name == frame.columns[0])) is not None
    ]
    if not columns:
        return stated, []
    floats = (series.head(_FRACTIONS).drop_nulls() for series in frame if series.dtype.is_float())
    has_fractions = any(bool((series % 1 != 0).any()) for series in floats)
    decimal, thousands, questions = decimal_and_thousands(columns, stated, separator, has_fractions)
    numbers = replace(stated, decimal=decimal, thousands=thousands)
    words = marks_beside_numbers(columns, stated, decimal)
    numbers = replace(
        numbers,
        percent=stated.percent or any(cell.percent for column in columns for cell in column.numbers),
        unit_marks=stated.unit_marks or words.units,
        magnitudes=stated.magnitudes or words.magnitudes,
        footnotes=stated.footnotes or words.footnotes,
        flags=stated.flags or words.flags,
    )
    numbers = replace(numbers, missing=_with_missing(stated, columns))
    return numbers, [
        *notation_observations(columns, stated, numbers),
        *words.questions,
        *questions,
        *_texts(columns, numbers),
    ]


def _with_missing(stated: NumberFormat, columns: Sequence[CellsOfNumbers]) -> tuple[str, ...]:
    """Return the marks of a missing value: those that are stated, or the default with the marks of the columns."""
    if stated.missing != MISSING:
        return stated.missing
    marks = [mark_and_flag(cell)[0] for column in columns for cell in column.missing]
    return tuple(dict.fromkeys([*MISSING, *marks]))


def _texts(columns: Sequence[CellsOfNumbers], numbers: NumberFormat) -> list[Observation]:
    """Return a question for each column that keeps texts among its numbers."""
    questions = []
    for column in columns:
        cells = [cell.text for cell in column.numbers] + list(column.texts) + list(column.missing)
        invalid = to_numbers(pl.Series(column.name, cells, pl.String), numbers)[1]
        if invalid is None:
            continue
        texts = [cell for cell, is_invalid in zip(cells, invalid, strict=True) if is_invalid]
        count = sum(column.counts[text] for text in texts)
        examples = ", ".join(f'"{text[:40]}"' for text in texts[:3])
        questions.append(
            Observation(
                "text_among_numbers",
                (column.name,),
                f"{column.name} has numbers, and {pluralise(count, 'text')} that {'is' if count == 1 else 'are'} not a "
                f"number, such as {examples}",
                "question",
                notation_remedies(texts[:5], numbers)[0],
            )
        )
    return questions
