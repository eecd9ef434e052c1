"""The notation of numbers in a table, with the decimal mark of its columns."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from indicia.data.notation import BRACKETS, Marks, notation_remedies, to_numbers
from indicia.data.table_format import MISSING, NumberFormat
from indicia.errors import join_names, pluralise
from indicia_recognition.cells import is_missing_mark, vocabulary
from indicia_recognition.number_cells import (
    CellsOfNumbers,
    NumberCell,
    is_currency,
    is_unit,
    magnitude,
    mark_and_flag,
    marks_between,
    may_be_flag,
    split_word,
)
from indicia_recognition.observation import Observation
from indicia_recognition.sample import sample_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence


APOSTROPHES = "'’"


def decimal_and_thousands(
    columns: Sequence[CellsOfNumbers], stated: NumberFormat, separator: str | None, has_fractions: bool
) -> tuple[str, tuple[str, ...], list[Observation]]:
    """Return the decimal mark, the separators of thousands, and the questions about numbers such as 1,234."""
    decimals: Counter[str] = Counter()
    groups: Counter[str] = Counter()
    either: dict[str, list[CellsOfNumbers]] = {}
    for column in columns:
        parts = [marks_between(cell.number) for cell in column.numbers]
        kinds = {kind for kind, _, _ in parts}
        for mark in {decimal for kind, _, decimal in parts if kind in ("decimal", "both")}:
            decimals[mark] += 1
        for mark in {group for kind, group, _ in parts if kind in ("thousands", "both")}:
            groups[mark] += 1
        if "either" in kinds:
            for mark in {group for kind, group, _ in parts if kind == "either"}:
                either.setdefault(mark, []).append(column)
    questions: list[Observation] = []
    decimal = stated.decimal
    if decimal == "." and "." in stated.thousands:
        decimal = ","
    elif decimal == ".":
        decimal = _decimal_mark(decimals, groups, either, separator, has_fractions)
    thousands = set(groups) - {decimal}
    for mark, ambiguous in either.items():
        if mark == decimal or mark in thousands or mark in stated.thousands:
            continue
        is_decimal_point = (
            decimals["."] or has_fractions or separator == "," or all(map(_has_small_integers, ambiguous))
        )
        if (is_decimal_point and mark == ",") or (mark == "." and decimal == ","):
            thousands.add(mark)
        elif mark == ",":
            questions += [_ambiguous(column, mark) for column in ambiguous]
    if decimal == "." and "." in either and separator == ";" and not (decimals["."] or has_fractions or thousands):
        questions += [_ambiguous(column, ".") for column in either["."]]
    if stated.thousands:
        return decimal, stated.thousands, questions
    listed = tuple(mark for mark in (",", ".", " ", "'", "_") if mark in thousands)
    spellings = [
        mark for mark in APOSTROPHES if any(mark in cell.number for column in columns for cell in column.numbers)
    ]
    return decimal, tuple(spelling for mark in listed for spelling in (spellings if mark == "'" else [mark])), questions


def _decimal_mark(
    decimals: Counter[str],
    groups: Counter[str],
    either: Mapping[str, list[CellsOfNumbers]],
    separator: str | None,
    has_fractions: bool,
) -> str:
    """Return the decimal mark of the table: that of most columns, or the one that the separators leave over."""
    comma, point = decimals[","], decimals["."]
    if comma or point:
        return "," if comma > point or (comma == point and separator == ";" and not has_fractions) else "."
    if groups[","]:
        return "."
    if groups["."]:
        return ","
    small = any(map(_has_small_integers, either.get(",", [])))
    return "," if "," in either and separator == ";" and not has_fractions and not small else "."


def _has_small_integers(column: CellsOfNumbers) -> bool:
    """Return True if the whole numbers without a mark are all below 1000, as beside 1,234 with thousands."""
    plain = [cell.number for cell in column.numbers if cell.number.isdigit()]
    return bool(plain) and all(len(number) <= 3 for number in plain)


def _ambiguous(column: CellsOfNumbers, mark: str) -> Observation:
    cell = next(cell for cell in column.numbers if marks_between(cell.number)[:2] == ("either", mark))
    number = float(cell.number.replace(mark, "."))
    return Observation(
        "ambiguous_mark",
        (column.name,),
        f'{column.name}: "{cell.text}" can be read as {number:.15g}, with a decimal mark, or as {number * 1000:,.15g}, '
        "with a separator of thousands",
        "question",
        f"--set data.decimal={mark} reads the first, --set data.thousands={mark} the second",
    )


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


@dataclass(frozen=True)
class MarksBesideNumbers:
    """The marks around the numbers of all columns."""

    units: tuple[str, ...]
    magnitudes: tuple[tuple[str, float], ...]
    footnotes: tuple[str, ...]
    flags: tuple[str, ...]
    questions: tuple[Observation, ...]


def marks_beside_numbers(columns: Sequence[CellsOfNumbers], stated: NumberFormat, decimal: str) -> MarksBesideNumbers:
    """Return the meaning of the marks around numbers: it depends on the share of the cells that have them."""
    units: dict[str, None] = {}
    magnitudes: dict[str, float] = {}
    flags = {flag: None for column in columns for cell in column.missing if (flag := mark_and_flag(cell)[1])}
    footnotes = dict.fromkeys(mark for column in columns for cell in column.numbers for mark in cell.footnotes)
    questions = []
    has_flags = bool(flags) or any(
        gap and may_be_flag(word) and not magnitude(word) and word not in vocabulary().units
        for column in columns
        for cell in column.numbers
        for word, gap in cell.words
    )
    for column in columns:
        for cell in column.numbers:
            if cell.before:
                units[cell.before] = None
            if decimal == "," and cell.number.endswith("."):
                footnotes["."] = None  # the point of an ordinal number
        if any(cell.brackets for cell in column.numbers):
            if any(cell.signed for cell in column.numbers):
                footnotes[BRACKETS] = None  # negative numbers have a minus already
            elif BRACKETS not in stated.footnotes:
                questions.append(_brackets(column))
        with_words = [cell for cell in column.numbers if cell.words]
        if not with_words:
            continue
        share = column.share(with_words)
        all_words = {word for cell in with_words for word, _ in cell.words}
        scaled = _magnitudes(with_words, all_words, share, stated)
        for cell in with_words:
            for word, gap in cell.words:
                factor, unit = split_word(word)
                if word in stated.unit_marks or word in stated.flags or word in stated.footnotes:
                    continue
                if factor and factor in scaled:
                    magnitudes[factor] = scaled[factor]
                    if unit:
                        units[unit] = None
                elif may_be_flag(word) and (share < 0.5 or (gap and has_flags)):
                    (flags if gap else footnotes)[word] = None
                elif is_unit(word) or _is_common(word, column):
                    units[word] = None
        lone = sorted(word for word in all_words if magnitude(word) and word in units)
        if lone and not scaled and share >= 0.5:
            questions.append(_lone_magnitude(column, lone[0]))
    return MarksBesideNumbers(tuple(units), tuple(magnitudes.items()), tuple(footnotes), tuple(flags), tuple(questions))


def _magnitudes(
    with_words: Sequence[NumberCell], words: set[str], share: float, stated: NumberFormat
) -> dict[str, float]:
    """Return the words of a column that multiply its numbers.

    A letter that can be a flag or a unit of measure does so only in company: of another magnitude, of a currency, or
    if it stands at nearly every number without a space.
    """
    if stated.magnitudes:
        return {}
    factors = {head: factor for word in words if (head := split_word(word)[0]) and (factor := magnitude(head))}
    clear = {word for word in factors if word.casefold() not in vocabulary().units and not may_be_flag(word)}
    # Two letters of magnitudes beside almost every number explain each other, as in 1.2m and 3.4b.
    in_company = len(factors) > 1 and share >= 0.5
    priced = share >= 0.5 and any(map(_has_currency, with_words))
    close = share >= 0.5 and not any(gap for cell in with_words for _, gap in cell.words)
    capital = {word for word in factors if close and word.casefold() in ("m", "k", "b")}
    return {
        word: factor for word, factor in factors.items() if word in clear or in_company or priced or word in capital
    }


def _is_common(word: str, column: CellsOfNumbers) -> bool:
    """Return True if a word stands beside four in five of the numbers of a column."""
    return column.share(cell for cell in column.numbers if any(word == other for other, _ in cell.words)) >= 0.8


def _has_currency(cell: NumberCell) -> bool:
    return is_currency(cell.before) or any(is_currency(word) for word, _ in cell.words)


def _brackets(column: CellsOfNumbers) -> Observation:
    cell = next(cell for cell in column.numbers if cell.brackets)
    digits = cell.text.strip().strip("()")
    return Observation(
        "brackets",
        (column.name,),
        f'{column.name}: "{cell.text}" is read as negative, -{digits}',
        "question",
        f'footnotes = ["()"] in [data] reads it as {digits} (--set \'data.footnotes=["()"]\')',
    )


def _lone_magnitude(column: CellsOfNumbers, word: str) -> Observation:
    cell = next(cell for cell in column.numbers if any(word == other for other, _ in cell.words))
    factor = magnitude(word) or 1.0
    return Observation(
        "unit_or_magnitude",
        (column.name,),
        f'{column.name}: "{cell.text}" is read as a number with "{word}" as a unit of measure and not as a magnitude',
        "question",
        f"magnitudes = {{ {word} = {factor:.0e} }} in [data] multiplies the numbers".replace("e+0", "e"),
    )


_THOUSANDS_NAMES = {",": "the comma", ".": "the point", " ": "the space", "'": "the apostrophe", "_": "the underscore"}


@dataclass(frozen=True)
class _Notation:
    """A part of the notation of numbers, such as the percent sign, with the cells that show it."""

    rule: str
    shows: Callable[[NumberCell], bool]
    """Returns True for a cell that shows it."""
    content: str
    """The end of the sentence: the effect on the number."""
    remedy: str


def notation_observations(
    columns: Sequence[CellsOfNumbers], stated: NumberFormat, numbers: NumberFormat
) -> list[Observation]:
    """Return an observation for each word of the notation, with the columns that it applies to and an example."""
    parts = [*_decimal_and_thousands(columns, stated, numbers), *_marks_around(stated, numbers)]
    observations = [seen for part in parts if (seen := _observation(columns, numbers, part)) is not None]
    return observations + (_missing_marks(columns) if stated.missing == MISSING else [])


def _observation(columns: Sequence[CellsOfNumbers], numbers: NumberFormat, notation: _Notation) -> Observation | None:
    """Return the observation of a part of the notation; None if no number shows it."""
    cells = _first_cells(columns, notation.shows)
    if not cells:
        return None
    cell = next(iter(cells.values()))
    value = to_numbers(pl.Series([cell.text]), numbers)[0][0]
    if value is None:
        return None
    sentence = f'{join_names(cells)}: "{cell.text}" is read as {value:,.15g}, {notation.content}'
    return Observation(notation.rule, tuple(cells), sentence, "format", notation.remedy)


def _first_cells(columns: Sequence[CellsOfNumbers], shows: Callable[[NumberCell], bool]) -> dict[str, NumberCell]:
    """Return the first cell of each column for which a condition holds."""
    cells = ((column.name, next(filter(shows, column.numbers), None)) for column in columns)
    return {name: cell for name, cell in cells if cell is not None}


def _decimal_and_thousands(
    columns: Sequence[CellsOfNumbers], stated: NumberFormat, numbers: NumberFormat
) -> Iterator[_Notation]:
    """Yield the decimal mark, if it is the comma, and the separators of thousands."""
    separators = {"'" if mark in APOSTROPHES else mark for mark in numbers.thousands}
    names = " and ".join(_THOUSANDS_NAMES.get(mark, mark) for mark in sorted(separators))
    between = f"{names} between thousands"

    def has_thousands(cell: NumberCell) -> bool:
        kind, separator, _ = marks_between(cell.number)
        return kind in ("thousands", "both", "either") and separator in separators

    def has_comma(cell: NumberCell) -> bool:
        kind, _, decimal = marks_between(cell.number)
        return decimal == "," and kind != "thousands"

    if numbers.decimal != "." and stated.decimal == ".":
        example = next(iter(_first_cells(columns, has_comma).values()), None)
        has_both = example is not None and marks_between(example.number)[0] == "both"
        content = "with the comma as the decimal mark" + (f" and {between}" if has_both else "")
        yield _Notation("decimal_mark", has_comma, content, 'decimal = "," in [data] (--set data.decimal=,)')
    if numbers.thousands and not stated.thousands:
        remedy = f"thousands = {_listed(numbers.thousands)} in [data]"
        yield _Notation("thousands", has_thousands, f"with {between}", remedy)


def _marks_around(stated: NumberFormat, numbers: NumberFormat) -> Iterator[_Notation]:
    """Yield the signs and words before and after numbers."""
    magnitudes, units = dict(numbers.magnitudes), set(numbers.unit_marks)
    footnotes, flags = set(numbers.footnotes), set(numbers.flags)

    def has_footnote(cell: NumberCell) -> bool:
        words = {word for word, _ in cell.words}
        return bool(footnotes & {*cell.footnotes, *words}) or (cell.brackets and BRACKETS in footnotes)

    def has_unit(cell: NumberCell) -> bool:
        return cell.before in units or any({word, split_word(word)[1]} & units for word, _ in cell.words)

    def has_magnitude(cell: NumberCell) -> bool:
        return any(split_word(word)[0] in magnitudes for word, _ in cell.words)

    def has_flag(cell: NumberCell) -> bool:
        return any(gap and word in flags for word, gap in cell.words)

    if numbers.percent and not stated.percent:
        yield _Notation("percent", lambda cell: cell.percent, "without its percent sign", "percent = true in [data]")
    if magnitudes and not stated.magnitudes:
        factors = ", ".join(f"{word} = {factor:g}" for word, factor in magnitudes.items())
        content = f"times the magnitude after it: {factors}"
        yield _Notation("magnitudes", has_magnitude, content, "magnitudes = { … } in [data]")
    if units and not stated.unit_marks:
        yield _Notation(
            "unit_marks",
            has_unit,
            f"without {join_names(numbers.unit_marks)}",
            f"unit_marks = {_listed(numbers.unit_marks)} in [data]",
        )
    if footnotes and not stated.footnotes:
        remedy = f"footnotes = {_listed(numbers.footnotes)} in [data]"
        yield _Notation("footnotes", has_footnote, "without its footnote mark", remedy)
    if flags and not stated.flags:
        yield _Notation("flags", has_flag, "without its status flag", f"flags = {_listed(numbers.flags)} in [data]")
    remedy = "write it with plain digits for another reading"
    yield _Notation("odd_characters", lambda cell: cell.odd_sign, "with the plain form of its signs or digits", remedy)


def _missing_marks(columns: Sequence[CellsOfNumbers]) -> list[Observation]:
    marks_by_column = {column.name: column.missing for column in columns if column.missing}
    if not marks_by_column:
        return []
    marks = dict.fromkeys(mark for marks in marks_by_column.values() for mark in marks)
    count = sum(column.counts[mark] for column in columns for mark in column.missing)
    listed = join_names((f'"{mark}"' for mark in marks), 12)
    verb = "is" if count == 1 else "are"
    return [
        Observation(
            "missing_marks",
            tuple(marks_by_column),
            f"{join_names(marks_by_column, 12)}: {pluralise(count, 'cell')} with {listed} {verb} read as missing",
            "format" if all(map(_is_mark, marks)) else "question",
            "missing = […] in [data] lists the marks",
        )
    ]


def _is_mark(cell: str) -> bool:
    """Return True for a mark that people write for a missing value, and for a cell of punctuation."""
    return is_missing_mark(cell) or not any(map(str.isalnum, cell))


def _listed(marks: Iterable[str]) -> str:
    return json.dumps(list(marks), ensure_ascii=False)
