"""The notation of the numbers of a table: decimal mark, thousands, percent signs, units, magnitudes, notes, gaps."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from indicia.data.notation import BRACKETS, Marks, to_numbers
from indicia.data.notation_remedies import notation_remedies
from indicia.data.table_format import MISSING
from indicia.errors import join_names, pluralise
from indicia.recognition.cells import cell_class, is_missing_mark, vocabulary
from indicia.recognition.number_cells import (
    NumberCell,
    common_tail,
    is_currency,
    magnitude,
    marks_between,
    split_cell,
    split_word,
)
from indicia.recognition.observation import Observation
from indicia.recognition.sample import sample_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from indicia.data.table_format import NumberFormat

_FIRST_CELLS = 60
"""The cells that show whether a column of texts may be one of numbers."""
_FRACTIONS = 1_000
"""The cells of a column of numbers in which fractions are sought."""
_MOSTLY = 0.6
"""The least share of numbers among the cells of a column of numbers that are no marks of a missing value."""
_THOUSANDS_NAMES = {",": "the comma", ".": "the point", " ": "the space", "'": "the apostrophe", "_": "the underscore"}
_OF = re.compile(r"^(?:(?:de|of|di|do|da|des|von)\s+|d['’])")
_APOSTROPHES = "'’"


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
        if (column := _Column.of(series.cast(pl.String), marks, series.name == frame.columns[0])) is not None
    ]
    if not columns:
        return stated, []
    floats = (series.head(_FRACTIONS).drop_nulls() for series in frame if series.dtype.is_float())
    has_fractions = any(bool((series % 1 != 0).any()) for series in floats)
    decimal, thousands, questions = _marks(columns, stated, separator, has_fractions)
    numbers = replace(stated, decimal=decimal, thousands=thousands)
    words = _words(columns, stated, decimal)
    numbers = replace(
        numbers,
        percent=stated.percent or any(cell.percent for column in columns for cell in column.numbers),
        unit_marks=stated.unit_marks or words.units,
        magnitudes=stated.magnitudes or words.magnitudes,
        footnotes=stated.footnotes or words.footnotes,
        flags=stated.flags or words.flags,
    )
    numbers = replace(numbers, missing=_with_missing(stated, columns))
    return numbers, [*_observations(columns, stated, numbers), *words.questions, *questions, *_texts(columns, numbers)]


def repeated_headers(frame: pl.DataFrame, unit: str | None = None) -> Observation | None:
    """Return the rows that repeat the header; their name is the cell of the unit, by default of the first text column.

    >>> pages = pl.DataFrame({"town": ["Lima", "town", "Oslo"], "rent": ["3", "rent", "4"]})
    >>> print(repeated_headers(pages))
    row 2 repeats the header: "town" is no unit; without = ["town"] in [data]
    """
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    if len(texts) < 2:  # a header on another page makes texts of all columns
        return None
    equal = pl.sum_horizontal(
        (pl.col(name).str.strip_chars().str.to_lowercase() == name.strip().lower()).fill_null(False) for name in texts
    )
    rows = frame.select((equal >= max(2, len(texts) / 2)).alias("repeats")).to_series().arg_true()
    if rows.is_empty():
        return None
    name = str(frame[unit or texts[0]][int(rows[0])] or "").strip()
    places = f"row {rows[0] + 1} repeats" if len(rows) == 1 else f"{len(rows)} rows, such as row {rows[0] + 1}, repeat"
    return Observation(
        "repeated_header",
        (name,),
        f'{places} the header: "{name}" is no unit',
        "left_out",
        f'without = ["{name}"] in [data]',
    )


@dataclass(frozen=True)
class _Column:
    """The distinct cells of a column in which most cells are numbers."""

    name: str
    numbers: Sequence[NumberCell]
    missing: Sequence[str]
    """Marks of a missing value that are not stated."""
    texts: Sequence[str]
    """The other cells."""
    counts: Mapping[str, int] = field(repr=False)

    @classmethod
    def of(cls, series: pl.Series, marks: Marks, is_first: bool) -> _Column | None:
        """Return a column of numbers; None for a column of names, codes or dates.

        The first column of a table has the names of its units more often than numbers with a unit of measure.
        """
        header = series.name.strip().casefold()
        cells = marks.removed(series).drop_nulls()
        first = cells.head(_FIRST_CELLS).to_list()
        tail = common_tail(dict.fromkeys(first, 1))
        if any(map(magnitude, tail.split())):
            tail = ""  # it multiplies the number
        names = sum(
            not _may_be_number(cell) and not (tail and cell.strip().endswith(tail)) and cell_class(cell) == "text"
            for cell in first
        )
        if names > (1 - _MOSTLY / 2) * len(first):
            return None
        distinct = cells.to_frame("cell").group_by("cell", maintain_order=True).len()
        counts = {cell: count for cell, count in distinct.rows() if cell.casefold() != header}
        if any(cell.lstrip("+-").startswith("0") and cell.lstrip("+-")[1:2].isdigit() for cell in counts):
            return None  # as numbers, codes such as 007 would lose their zeros
        numbers, missing, texts = [], [], []
        units = _repeated_words(counts) | {tail}
        for cell in counts:
            parts = _split_before(cell, tail) or split_cell(cell)
            if parts is not None and _is_number(parts, units):
                numbers.append(parts)
            elif is_missing_mark(cell) or not any(character.isalnum() or character == "%" for character in cell):
                missing.append(cell)
            else:
                texts.append(cell)
        if _few(texts, counts):
            # a word without digits can only be a missing value here
            words = [cell for cell in texts if not any(character.isdigit() for character in cell)]
            missing, texts = missing + words, [cell for cell in texts if cell not in words]
        if any(word and not _is_known(word) for word in units) and (is_first or _is_sequence(numbers)):
            return None  # names, such as "1 District" and "2 District"
        read = sum(counts[cell.text] for cell in numbers)
        others = sum(counts[cell] for cell in texts)
        if not read or read < _MOSTLY * (read + others) or (len(numbers) == 1 and read < 3 and others):
            return None
        return cls(series.name, numbers, missing, texts, counts)

    def share(self, cells: Iterable[NumberCell]) -> float:
        """Return the share of cells among the numbers."""
        return sum(self.counts[cell.text] for cell in cells) / sum(self.counts[cell.text] for cell in self.numbers)


def _few(texts: Sequence[str], counts: Mapping[str, int]) -> bool:
    """Return True if texts are at most a fifth of the cells."""
    return 0 < 5 * sum(counts[text] for text in texts) <= sum(counts.values())


def _repeated_words(counts: Mapping[str, int]) -> set[str]:
    """Return the words beside most of the numbers of a column, which are units of measure even if no list has them."""
    words: Counter[str] = Counter()
    total = 0
    for cell, count in counts.items():
        if (parts := split_cell(cell)) is not None:
            total += count
            words.update(dict.fromkeys((word for word, _ in parts.words), count))
    return {word for word, count in words.items() if count >= max(3, 0.8 * total)}


def _split_before(text: str, tail: str) -> NumberCell | None:
    """Return the parts of a cell before a tail of several words, which is its unit of measure."""
    if not tail or not text.strip().endswith(tail):
        return None
    cell = split_cell(text.strip().removesuffix(tail).strip())
    return None if cell is None or cell.words else replace(cell, text=text, words=((tail, True),))


def _is_sequence(numbers: Sequence[NumberCell]) -> bool:
    """Return True if the numbers are different whole numbers without a gap."""
    if not numbers or not all(cell.number.isdigit() for cell in numbers):
        return False
    values = sorted({int(cell.number) for cell in numbers})
    return len(values) == len(numbers) == values[-1] - values[0] + 1


def _may_be_number(text: str) -> bool:
    cell = split_cell(text)
    if cell is None:
        return False
    return not cell.before or is_currency(cell.before) or cell.before.casefold() in vocabulary().approximations


def _is_number(cell: NumberCell, units: set[str]) -> bool:
    """Return True if the marks around the digits belong to numbers; `units` are units of measure of the column."""
    if marks_between(cell.number)[0] == "wrong":
        return False
    # a word that no list has is a unit if it stands alone or after a magnitude
    alone = len(cell.words) == 1 or bool(magnitude(cell.words[0][0] if cell.words else ""))
    if not all((alone and word in units) or _is_known(word) for word, _ in cell.words):
        return False
    # a letter before digits is a code, such as S01
    return not cell.before or is_currency(cell.before) or cell.before.casefold() in vocabulary().approximations


def _is_known(word: str) -> bool:
    head, rest = split_word(word)
    return bool(head) or _is_unit(rest) or _may_be_flag(word)


def _is_unit(word: str) -> bool:
    word = _OF.sub("", word)
    folded = word.casefold()
    return is_currency(word) or folded in vocabulary().units or folded.rstrip(".") in vocabulary().units


# Decimal mark and thousands


def _marks(
    columns: Sequence[_Column], stated: NumberFormat, separator: str | None, has_fractions: bool
) -> tuple[str, tuple[str, ...], list[Observation]]:
    """Return the decimal mark, the separators of thousands, and the questions about numbers such as 1,234."""
    decimals: Counter[str] = Counter()
    groups: Counter[str] = Counter()
    either: dict[str, list[_Column]] = {}
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
    if decimal == ".":
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
        mark for mark in _APOSTROPHES if any(mark in cell.number for column in columns for cell in column.numbers)
    ]
    return decimal, tuple(spelling for mark in listed for spelling in (spellings if mark == "'" else [mark])), questions


def _decimal_mark(
    decimals: Counter[str],
    groups: Counter[str],
    either: Mapping[str, list[_Column]],
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


def _has_small_integers(column: _Column) -> bool:
    """Return True if the whole numbers without a mark are all below 1000, as beside 1,234 with thousands."""
    plain = [cell.number for cell in column.numbers if cell.number.isdigit()]
    return bool(plain) and all(len(number) <= 3 for number in plain)


def _ambiguous(column: _Column, mark: str) -> Observation:
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


# Words, signs and marks around numbers


@dataclass(frozen=True)
class _Words:
    """The marks around the numbers of all columns."""

    units: tuple[str, ...]
    magnitudes: tuple[tuple[str, float], ...]
    footnotes: tuple[str, ...]
    flags: tuple[str, ...]
    questions: tuple[Observation, ...]


def _words(columns: Sequence[_Column], stated: NumberFormat, decimal: str) -> _Words:
    """Return the meaning of the marks around numbers: it depends on the share of the cells that have them."""
    units: dict[str, None] = {}
    magnitudes: dict[str, float] = {}
    flags = {flag: None for column in columns for cell in column.missing if (flag := _mark_and_flag(cell)[1])}
    footnotes = dict.fromkeys(mark for column in columns for cell in column.numbers for mark in cell.footnotes)
    questions = []
    has_flags = bool(flags) or any(
        gap and _may_be_flag(word) and not magnitude(word) and word not in vocabulary().units
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
                elif _may_be_flag(word) and (share < 0.5 or (gap and has_flags)):
                    (flags if gap else footnotes)[word] = None
                elif (
                    _is_unit(word)
                    or column.share(other for other in with_words if any(word == mine for mine, _ in other.words))
                    >= 0.8
                ):
                    units[word] = None
        lone = sorted(word for word in all_words if magnitude(word) and word in units)
        if lone and not scaled and share >= 0.5:
            questions.append(_lone_magnitude(column, lone[0]))
    return _Words(tuple(units), tuple(magnitudes.items()), tuple(footnotes), tuple(flags), tuple(questions))


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
    clear = {word for word in factors if word.casefold() not in vocabulary().units and not _may_be_flag(word)}
    # Two letters of magnitudes beside almost every number explain each other, as in 1.2m and 3.4b.
    in_company = len(factors) > 1 and share >= 0.5
    priced = share >= 0.5 and any(map(_has_currency, with_words))
    close = share >= 0.5 and not any(gap for cell in with_words for _, gap in cell.words)
    capital = {word for word in factors if close and word.casefold() in ("m", "k", "b")}
    return {
        word: factor for word, factor in factors.items() if word in clear or in_company or priced or word in capital
    }


def _has_currency(cell: NumberCell) -> bool:
    return is_currency(cell.before) or any(is_currency(word) for word, _ in cell.words)


def _may_be_flag(word: str) -> bool:
    """Return True for letters of flags; capital letters are flags, too, unless they are magnitudes or units."""
    if 0 < len(word) <= 2 and word.isupper() and not magnitude(word) and not _is_unit(word):
        word = word.casefold()
    return 0 < len(word) <= 3 and all(letter in vocabulary().flags for letter in word)


def _brackets(column: _Column) -> Observation:
    cell = next(cell for cell in column.numbers if cell.brackets)
    digits = cell.text.strip().strip("()")
    return Observation(
        "brackets",
        (column.name,),
        f'{column.name}: "{cell.text}" is read as negative, -{digits}',
        "question",
        f'footnotes = ["()"] in [data] reads it as {digits} (--set \'data.footnotes=["()"]\')',
    )


def _lone_magnitude(column: _Column, word: str) -> Observation:
    cell = next(cell for cell in column.numbers if any(word == mine for mine, _ in cell.words))
    factor = magnitude(word) or 1.0
    return Observation(
        "unit_or_magnitude",
        (column.name,),
        f'{column.name}: "{cell.text}" is read as a number with "{word}" as a unit of measure and not as a magnitude',
        "question",
        f"magnitudes = {{ {word} = {factor:.0e} }} in [data] multiplies the numbers".replace("e+0", "e"),
    )


# Missing values and other texts


def _with_missing(stated: NumberFormat, columns: Sequence[_Column]) -> tuple[str, ...]:
    """Return the marks of a missing value: those that are stated, or the default with the marks of the columns."""
    if stated.missing != MISSING:
        return stated.missing
    marks = [_mark_and_flag(cell)[0] for column in columns for cell in column.missing]
    return tuple(dict.fromkeys([*MISSING, *marks]))


def _mark_and_flag(cell: str) -> tuple[str, str]:
    """Return the mark of a missing value, and the flag after it: ":" and "c" for ": c"."""
    mark, _, flag = cell.partition(" ")
    flag = flag.strip()
    return (mark, flag) if flag and not mark[-1:].isalnum() and _may_be_flag(flag) else (cell, "")


def _texts(columns: Sequence[_Column], numbers: NumberFormat) -> list[Observation]:
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


# Observations


def _observations(columns: Sequence[_Column], stated: NumberFormat, numbers: NumberFormat) -> list[Observation]:
    """Return an observation for each word of the notation, with the columns that it applies to and an example."""
    observations: list[Observation] = []

    def add(rule: str, cells: dict[str, NumberCell], content: str, remedy: str) -> None:
        if not cells:
            return
        cell = next(iter(cells.values()))
        value = to_numbers(pl.Series([cell.text]), numbers)[0][0]
        if value is None:
            return
        observations.append(
            Observation(
                rule,
                tuple(cells),
                f'{join_names(cells)}: "{cell.text}" is read as {_written(value)}, {content}',
                "format",
                remedy,
            )
        )

    def where(holds: object) -> dict[str, NumberCell]:
        """Return the first cell of each column for which a condition holds."""
        cells = {}
        for column in columns:
            cell = next((cell for cell in column.numbers if holds(cell)), None)  # type: ignore[operator]
            if cell is not None:
                cells[column.name] = cell
        return cells

    separators = {"'" if mark in _APOSTROPHES else mark for mark in numbers.thousands}
    with_groups = where(
        lambda cell: (
            marks_between(cell.number)[0] in ("thousands", "both", "either")
            and marks_between(cell.number)[1] in separators
        )
    )
    names = " and ".join(_THOUSANDS_NAMES.get(mark, mark) for mark in dict.fromkeys(sorted(separators)))
    between = f"{names} between thousands"
    if numbers.decimal != "." and stated.decimal == ".":
        with_comma = where(
            lambda cell: marks_between(cell.number)[2] == "," and marks_between(cell.number)[0] != "thousands"
        )
        both = {name: cell for name, cell in with_groups.items() if marks_between(cell.number)[0] == "both"}
        content = "with the comma as the decimal mark" + (f" and {between}" if both else "")
        add(
            "decimal_mark",
            both | with_comma if both else with_comma,
            content,
            'decimal = "," in [data] (--set data.decimal=,)',
        )
    if numbers.thousands and not stated.thousands:
        add("thousands", with_groups, f"with {between}", f"thousands = {_listed(numbers.thousands)} in [data]")
    if numbers.percent and not stated.percent:
        add("percent", where(lambda cell: cell.percent), "without its percent sign", "percent = true in [data]")
    if numbers.magnitudes and not stated.magnitudes:
        words = dict(numbers.magnitudes)
        content = "times the magnitude after it: " + ", ".join(f"{word} = {value:g}" for word, value in words.items())
        scaled = where(lambda cell: any(split_word(word)[0] in words for word, _ in cell.words))
        add("magnitudes", scaled, content, "magnitudes in [data]")
    if numbers.unit_marks and not stated.unit_marks:
        units = set(numbers.unit_marks)
        cells_with_marks = where(
            lambda cell: cell.before in units or any({word, split_word(word)[1]} & units for word, _ in cell.words)
        )
        add("unit_marks", cells_with_marks, f"without {join_names(numbers.unit_marks)}", "unit_marks in [data]")
    if numbers.footnotes and not stated.footnotes:
        notes = set(numbers.footnotes)
        cells_with_marks = where(
            lambda cell: (
                bool(notes & set(cell.footnotes))
                or any(word in notes for word, _ in cell.words)
                or (cell.brackets and BRACKETS in notes)
            )
        )
        add(
            "footnotes",
            cells_with_marks,
            "without its footnote mark",
            f"footnotes = {_listed(numbers.footnotes)} in [data]",
        )
    if numbers.flags and not stated.flags:
        flags = set(numbers.flags)
        cells_with_marks = where(lambda cell: any(gap and word in flags for word, gap in cell.words))
        add("flags", cells_with_marks, "without its status flag", f"flags = {_listed(numbers.flags)} in [data]")
    odd = where(lambda cell: cell.odd_sign)
    add(
        "odd_characters",
        odd,
        "with the plain form of its signs or digits",
        "write it with plain digits for another reading",
    )
    return observations + (_missing_marks(columns) if stated.missing == MISSING else [])


def _missing_marks(columns: Sequence[_Column]) -> list[Observation]:
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
            "missing in [data] lists the marks",
        )
    ]


def _is_mark(cell: str) -> bool:
    return is_missing_mark(cell) or not any(map(str.isalnum, cell))


def _written(value: float) -> str:
    return f"{value:,.15g}"


def _listed(marks: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{mark}"' for mark in marks) + "]"
