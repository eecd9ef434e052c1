"""Cells that are numbers."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from indicia_recognition.cells import NARROW, cell_class, is_missing_mark, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from indicia.data.notation import Marks


_CELL = re.compile(
    r"""(?P<open>\()?\s*
    (?P<before>[^\d().,+\-\s]+\.?(?:\s[^\d().,+\-\s]+\.?)?)??\s*
    (?P<sign>[-+])?\s*
    (?P<inner>[^\d().,+\-\s]{1,4})?\s*(?P<inner_sign>[-+])?
    (?P<number>\d(?:[\d.,'’ʼ´`_\s]*\d)?[.,]?|[.,]\d+)(?P<exponent>[eE][-+]?\d+)?
    (?P<trailing>-)?
    (?P<after>.*?)(?P<close>\))?""",
    re.VERBOSE | re.DOTALL,
)
_NO_CENTS = re.compile(r"(?<=\d)[.,:](?:[-–]{1,2}|—)(?=\s|$)")
"""A dash in place of cents, as in "Fr. 120.–"."""
_GROUPED = re.compile(r"([1-9]\d{0,2})(?:(\D)\d{3})+|([1-9]\d?)(?:(\D)\d{2})+(\D)\d{3}")
_OF_A_UNIT = re.compile(r"(?:(?:de|of|di|do|da|des|von)\s+|d['’])[^\W\d_]+(?:\s[^\W\d_]+)?\.?")
_DATE = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}[./]\d\d?[./]\d\d?")
_TAIL = re.compile(r"[-+]?\d[\d.,'’\s]*?\s*(?P<tail>/\s?[^\W\d_][\w²³]*|[^\W\d_]+\.?(?:[\s/.]+[\w²³]+){1,4}\.?)")
_NUMBERED_NOTE = re.compile(r"(?<=\d)\s+(\d{1,2}\))\s*$")
_TOKEN = re.compile(
    r"(?P<points>\s*%-?(?:[Pp]unkte?|[Pp]oints?|[Pp]ts?|п\.\s?п\.)\.?)"
    r"|\s*(?P<percent>[%٪])"
    r"|\s*(?P<footnote>[*†‡§#]+|[\[(](?:note \d+|\w{1,2}|[^\W\d_]{1,12}\.?|(?:19|20)\d\d)[\])]"
    r"|(?:\d{1,2}|[a-z])\)|[¹²³⁰⁴-⁹ᵃ-ᶿ⁾①-⒇ⓐ-ⓩ]+|,?\^\w)"
    r"|(?P<gap>\s*)(?P<word>[$€£¥]\s?/\s?[^\W\d_]+[²³]?|[^\W\d_]+[²³]?(?:\s?/\s?[^\W\d_]+[²³]?)?\.?|[^\w\s.,()\[\]<>=~*†‡§#-])"
)


@dataclass(frozen=True)
class NumberCell:
    """A cell that holds a number with marks around it."""

    text: str
    number: str
    """The digits with the marks between them."""
    before: str = ""
    """The mark before the digits."""
    words: tuple[tuple[str, bool], ...] = ()
    """The words and signs after the digits; true if a space stands before them."""
    percent: bool = False
    footnotes: tuple[str, ...] = ()
    brackets: bool = False
    signed: bool = False
    """True if a minus stands before the digits."""
    odd_sign: bool = False
    """True if the minus stands after the digits, or a character is not that of a keyboard."""


@lru_cache(maxsize=65_536)
def split_cell(text: str) -> NumberCell | None:
    """Return the parts of a cell with a number; None for another cell.

    >>> cell = split_cell("$6.32 bn*")
    >>> cell.before, cell.number, cell.words, cell.footnotes
    ('$', '6.32', (('bn', True),), ('*',))
    """
    if len(text) > 40 or not any(character.isdigit() for character in text):
        return None
    narrow = _NO_CENTS.sub("", text.translate(NARROW))
    note = _NUMBERED_NOTE.search(narrow)
    match = _CELL.fullmatch(narrow[: note.start()].strip() if note else narrow.strip())
    if match is None or _DATE.fullmatch(match["number"]) or re.match(r"0\d", match["number"]):
        return None  # a text, a date, or a code with zeros
    before, inner = (match["before"] or "").strip(), (match["inner"] or "").strip()
    if (before and inner) or (match["sign"] and match["inner_sign"]):
        return None
    after, brackets, close = match["after"], bool(match["open"]), match["close"]
    if close and not brackets:
        after, close = after + ")", None
    if brackets and not close:
        return None
    scaled = _scale_and_unit(after)
    words: list[tuple[str, bool]] = list(scaled)
    after = "" if scaled else after
    footnotes: list[str] = []
    percent, at = "%" in (before, inner), 0
    before, inner = before.strip("%٪"), inner.strip("%٪")
    while after[at:].strip():
        token = _TOKEN.match(after, at)
        if token is None:
            return None
        at = token.end()
        percent = percent or token["percent"] is not None
        if token["points"]:
            words.append((token["points"].strip(), True))
        elif token["footnote"]:
            footnotes.append(token["footnote"])
        elif token["word"]:
            if footnotes:
                return None  # a formula, such as 10 * mean
            words.append((token["word"], bool(token["gap"])))
    if len(words) > 3:
        return None
    footnotes += [note[1]] if note else []
    return NumberCell(
        text,
        match["number"] + (match["exponent"] or ""),
        before or inner,
        tuple(words),
        percent,
        tuple(footnotes),
        brackets,
        "-" in (match["sign"], match["inner_sign"]),
        match["trailing"] is not None or narrow != text,
    )


def _scale_and_unit(after: str) -> tuple[tuple[str, bool], ...]:
    """Return a magnitude of several words, or one with its unit after "de" or "of"; empty for another text.

    >>> _scale_and_unit(" mil millones de euros"), _scale_and_unit("M d’euros"), _scale_and_unit(" kg")
    ((('mil millones', True), ('de euros', True)), (('M', False), ('d’euros', True)), ())
    """
    words = after.split()
    gap = after[:1].isspace()
    for count in (3, 2, 1):
        scale, unit = " ".join(words[:count]), " ".join(words[count:])
        if not magnitude(scale) or (count == 1 and not unit):
            continue
        if not unit:
            return ((scale, gap),)
        if _OF_A_UNIT.fullmatch(unit):
            return (scale, gap), (unit, True)
        if count > 1 and unit.replace(" ", "").isalpha():
            return (scale, gap), (unit, True)
    return ()


def common_tail(texts: Mapping[str, int]) -> str:
    """Return the text of several words after most of the numbers, such as "per 1000"; empty without one.

    `texts` are cells with the number of their rows.

    >>> common_tail({"12 per 1000": 1, "15 per 1000": 2, "n.a.": 1})
    'per 1000'
    """
    tails: Counter[str] = Counter()
    for text, count in texts.items():
        if (match := _TAIL.fullmatch(text.strip())) is not None:
            tails[match["tail"]] += count
    tail, count = max(tails.items(), key=lambda pair: pair[1], default=("", 0))
    with_digits = sum(count for text, count in texts.items() if text[:1].isdigit())
    return tail if count >= max(3, 0.8 * with_digits) else ""


@lru_cache(maxsize=65_536)
def marks_between(number: str) -> tuple[str, str, str]:
    """Return the class of the marks between digits, with the separator of thousands and the decimal mark.

    The class is "none", "decimal", "thousands", "both", "either" for a number such as 1,234, or "wrong".

    >>> [marks_between(number)[0] for number in ("12", "1,5", "1,234", "1,234,567", "1.234,5", "1,23,4")]
    ['none', 'decimal', 'either', 'thousands', 'both', 'wrong']
    """
    number = re.sub(r"[eE][-+]?\d+$", "", number).rstrip(".,")  # 1. is an ordinal number
    marks = re.findall(r"\D", number)
    if not marks:
        return "none", "", ""
    separators = [_alike(mark) for mark in marks]
    grouped = _GROUPED.fullmatch(number) is not None and len(set(separators)) == 1
    if grouped and len(marks) == 1 and separators[0] in ".,":
        return "either", separators[0], separators[0]
    if grouped:
        return "thousands", separators[0], ""
    whole, decimal = re.split(r"[.,](?=[^.,]*$)", number, maxsplit=1)[0], separators[-1]
    if decimal not in ".," or separators.count(decimal) > 1:
        return "wrong", "", ""
    if whole.isdigit() or not whole:
        return "decimal", "", decimal
    if _GROUPED.fullmatch(whole) and len(set(separators[:-1])) == 1 and re.fullmatch(r".*[.,]\d*", number):
        return "both", separators[0], decimal
    return "wrong", "", ""


def _alike(mark: str) -> str:
    if mark.isspace():
        return " "
    return "'" if mark in "’ʼ´`" else mark


def is_currency(word: str) -> bool:
    """Return True if a word is a currency: a sign, or a word of the list.

    >>> is_currency("₪"), is_currency("USD"), is_currency("kg")
    (True, True, False)
    """
    words = vocabulary().currencies
    return (
        word in words
        or word.rstrip(".") in words
        or (bool(word) and all(unicodedata.category(c) == "Sc" for c in word))
    )


def split_word(word: str) -> tuple[str, str]:
    """Return the magnitude and the unit of measure in a word such as 亿元; either may be empty.

    >>> split_word("亿元"), split_word("Mio."), split_word("kg")
    (('亿', '元'), ('Mio.', ''), ('', 'kg'))
    """
    words = vocabulary()
    if magnitude(word):
        return word, ""
    for length in range(len(word) - 1, 0, -1):
        head, rest = word[:length], word[length:]
        # only in scripts without spaces: "mg" is no million of g
        if not head.isascii() and magnitude(head) and (rest in words.units or is_currency(rest)):
            return head, rest
    return "", word


def magnitude(word: str) -> float | None:
    """Return the factor of a word that multiplies a number; None for another word.

    >>> magnitude("Mrd."), magnitude("bn"), magnitude("kg")
    (1000000000.0, 1000000000.0, None)
    """
    factors = vocabulary().magnitudes
    for spelling in (word, word.casefold(), word.rstrip("."), word.casefold().rstrip(".")):
        # a single letter counts in its own case only: G is a billion, and g a gram
        if spelling in factors and (len(spelling) > 1 or spelling == word.rstrip(".")):
            return float(factors[spelling])
    lowered = {name.casefold(): factor for name, factor in factors.items() if len(name) > 1}
    factor = lowered.get(word.casefold())
    return None if factor is None else float(factor)


_FIRST_CELLS = 60
"""The cells that show whether a column of texts may be one of numbers."""
_MOSTLY = 0.6
"""The least share of numbers among the cells of a column of numbers that are no marks of a missing value."""
_OF = re.compile(r"^(?:(?:de|of|di|do|da|des|von)\s+|d['’])")


@dataclass(frozen=True)
class CellsOfNumbers:
    """The distinct cells of a column in which most cells are numbers."""

    name: str
    numbers: Sequence[NumberCell]
    missing: Sequence[str]
    """Marks of a missing value that are not stated."""
    texts: Sequence[str]
    """The other cells."""
    counts: Mapping[str, int] = field(repr=False)

    @classmethod
    def of(cls, series: pl.Series, marks: Marks, is_first: bool) -> CellsOfNumbers | None:
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


def _few(texts: Sequence[str], counts: Mapping[str, int]) -> bool:
    """Return True if texts are at most a fifth of the cells."""
    return 0 < 5 * sum(counts[text] for text in texts) <= sum(counts.values())


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
    return bool(head) or is_unit(rest) or may_be_flag(word)


def is_unit(word: str) -> bool:
    word = _OF.sub("", word)
    folded = word.casefold()
    return is_currency(word) or folded in vocabulary().units or folded.rstrip(".") in vocabulary().units


def may_be_flag(word: str) -> bool:
    """Return True for letters of flags; capital letters are flags, too, unless they are magnitudes or units."""
    if 0 < len(word) <= 2 and word.isupper() and not magnitude(word) and not is_unit(word):
        word = word.casefold()
    return 0 < len(word) <= 3 and all(letter in vocabulary().flags for letter in word)


def mark_and_flag(cell: str) -> tuple[str, str]:
    """Return the mark of a missing value, and the flag after it: ":" and "c" for ": c"."""
    mark, _, flag = cell.partition(" ")
    flag = flag.strip()
    return (mark, flag) if flag and not mark[-1:].isalnum() and may_be_flag(flag) else (cell, "")
