"""The facts of a workbook that its library does not report: hidden and merged cells, and formulas without a value."""

from __future__ import annotations

import io
import re
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from posixpath import join, normpath
from typing import TYPE_CHECKING
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from xml.etree.ElementTree import Element

_RELATIONSHIP = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATIONSHIP = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
LAST_COLUMN = 16_384
"""The last column of a sheet of Excel."""
_UNREADABLE = (BadZipFile, ElementTree.ParseError, LookupError, OSError, RuntimeError, ValueError, zlib.error)
"""The errors for a damaged archive or file in it; fastexcel decides whether the workbook can be read."""
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_COLUMNS = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b([^>]*)>")
_FORMULA_WITHOUT_VALUE = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_MISSING_WORD = re.compile(
    rb">(?:#N/A|#N/A N/A|#NA|-?1\.#IND|-?1\.#QNAN|-NaN|-nan|&lt;NA&gt;|N/A|NA|NULL|NaN|None|n/a|nan|null)"
    rb"</(?:\w+:)?[tv]>"
)
"""The texts that fastexcel does not count when it chooses the type of a column."""
_SHARED_TEXTS = "xl/sharedStrings.xml"
_HEAD = 1 << 16
_DISTANT = re.compile(rb"r=[\"'](?:[A-Z]{3,}\d|[A-Z]+\d{7})")
_REFERENCE = re.compile(rb"<(?:\w+:)?c\b[^>]*\br=[\"']([A-Z]+\d+)[\"']")
_ERROR = re.compile(rb"<(?:\w+:)?c\b([^>]*\bt=[\"']e[\"'][^>]*)>")
_TRUE = (b"1", b"true")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*[\"']([^\"']*)[\"']")


@dataclass(frozen=True)
class Region:
    """A rectangle of cells; rows and columns are counted from 1, and the last of them belong to it."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True)
class SheetEntry:
    """A sheet in the list of a workbook."""

    name: str
    visible: bool
    member: str
    """The file of the sheet in the archive."""

    @property
    def has_cells(self) -> bool:
        """False for a sheet that is a chart or a dialogue."""
        return not re.search("(chart|dialog)sheets", self.member)


@dataclass(frozen=True)
class WorkbookXml:
    """The XML files of a workbook of the kind xlsx."""

    archive: ZipFile = field(repr=False)
    sheets: tuple[SheetEntry, ...]

    @classmethod
    def of(cls, content: bytes) -> WorkbookXml | None:
        """Return the XML files of a workbook; None if its list of sheets cannot be read as XML."""
        try:
            archive = ZipFile(io.BytesIO(content))
            return cls(archive, tuple(_sheet_entries(archive)))
        except _UNREADABLE:
            return None

    def sheet(self, name: str) -> SheetXml | None:
        """Return the XML of a sheet; None if the archive has no such sheet, or only a damaged one."""
        member = next((entry.member for entry in self.sheets if entry.name == name), None)
        try:
            return SheetXml(self.archive.read(member), self) if member else None
        except _UNREADABLE:
            return None

    @cached_property
    def percent_styles(self) -> frozenset[str]:
        """The numbers of the styles that show numbers as percentages."""
        try:
            content = self.archive.read("xl/styles.xml")
            codes = {
                element.get("numFmtId", ""): element.get("formatCode", "") for element in _elements(content, "numFmt")
            }
            formats = {"9", "10", *(number for number, code in codes.items() if "%" in code)}
            cells = next((list(element) for element in _elements(content, "cellXfs")), [])
        except _UNREADABLE:
            return frozenset()
        return frozenset(str(number) for number, style in enumerate(cells) if style.get("numFmtId") in formats)

    @cached_property
    def has_missing_words(self) -> bool:
        """True if a shared text is a word such as "n/a"."""
        try:
            return _MISSING_WORD.search(self.archive.read(_SHARED_TEXTS)) is not None
        except _UNREADABLE:
            return False

    def shared_texts(self, last: int) -> list[str]:
        """Return the shared texts up to the number `last`."""
        texts: list[str] = []
        for element in _elements(self.archive.read(_SHARED_TEXTS), "si") if last >= 0 else ():
            texts.append(_text_of(element))
            element.clear()
            if len(texts) > last:
                break
        return texts


@dataclass(frozen=True)
class Header:
    """The rows of a header."""

    first: int
    """The number of the first row, which is the first row with a visible value."""
    rows: list[dict[int, str]]
    """The texts of each row, by column."""


@dataclass(frozen=True)
class SheetXml:
    """The XML of a sheet."""

    content: bytes = field(repr=False)
    book: WorkbookXml = field(repr=False)

    @cached_property
    def hidden_rows(self) -> frozenset[int]:
        """The numbers of the hidden rows."""
        if b"hidden=" not in self.content:
            return frozenset()
        rows, number = set(), 0
        for tag in _ROW.finditer(self.content):
            attributes = _attributes(tag[1])
            number = _number(attributes.get(b"r")) or number + 1
            if attributes.get(b"hidden") in _TRUE:
                rows.add(number)
        return frozenset(rows)

    @cached_property
    def hidden_columns(self) -> frozenset[int]:
        """The numbers of the hidden columns."""
        columns: set[int] = set()
        for tag in _COLUMNS.finditer(self.content, 0, max(self.content.find(b"sheetData"), 0)):
            attributes = _attributes(tag[1])
            if attributes.get(b"hidden") in _TRUE:
                first, last = _number(attributes.get(b"min")), _number(attributes.get(b"max"))
                columns.update(range(first or 1, min(last or 0, LAST_COLUMN) + 1))
        return frozenset(columns)

    @cached_property
    def merged(self) -> tuple[Region, ...]:
        """The merged cells."""
        tags = _MERGED.finditer(self.content, max(self.content.rfind(b"sheetData>"), 0))
        regions = (_region(_attributes(tag[1]).get(b"ref")) for tag in tags)
        return tuple(region for region in regions if region)

    @cached_property
    def has_filter(self) -> bool:
        """True if the sheet has a filter, which hides rows."""
        return self.content.find(b"autoFilter", max(self.content.rfind(b"sheetData>"), 0)) >= 0

    @cached_property
    def distant_cell(self) -> tuple[int, int] | None:
        """The last row and the last column of a sheet with cells far to the right or far below; None without them."""
        if not _DISTANT.search(self.content):
            return None
        places = [place for tag in _REFERENCE.finditer(self.content) if (place := _place(tag[1]))]
        return max(row for row, _ in places), max(column for _, column in places)

    @cached_property
    def has_booleans(self) -> bool:
        """True if a cell is true or false."""
        return self._has_kind(b"b")

    @cached_property
    def has_missing_words(self) -> bool:
        """True if a cell is a text such as "n/a", which fastexcel loads as a blank cell of a column of numbers."""
        is_inline = self._has_kind(b"str") or self._has_kind(b"inlineStr")
        return self.book.has_missing_words or (is_inline and _MISSING_WORD.search(self.content) is not None)

    def _has_kind(self, kind: bytes) -> bool:
        """Return True if a cell is of a kind: "b" for true and false, "e" for errors, "str" for texts of formulas."""
        quote = b"'" if b"<c r='" in self.content[:_HEAD] else b'"'
        return b"t=" + quote + kind + quote in self.content

    @cached_property
    def errors(self) -> tuple[tuple[int, int], ...]:
        """Row and column of each error of Excel, such as #DIV/0!"""
        if not self._has_kind(b"e"):
            return ()
        tags = (_attributes(tag[1]) for tag in _ERROR.finditer(self.content))
        return tuple(place for tag in tags if (place := _place(tag.get(b"r"))))

    @cached_property
    def formulas_without_value(self) -> tuple[tuple[int, int], ...]:
        """Row and column of each formula without a value; a formula may have an empty text as its value."""
        tags = (_attributes(tag[1]) for tag in _FORMULA_WITHOUT_VALUE.finditer(self.content))
        return tuple(place for tag in tags if tag.get(b"t") != b"str" and (place := _place(tag.get(b"r"))))

    def header(self, after: int, height: int, is_read: Callable[[int], bool], hidden: Collection[int]) -> Header | None:
        """Return the header: `height` rows from the first row with a value after the row `after`.

        Rows of `hidden` and columns that are not read have no values. None if the text of a cell depends on its style,
        as that of a date does, or if no row has a value. The sheet is parsed to the end of the header only.
        """
        try:
            rows: dict[int, dict[int, _Cell]] = {}
            first, number = 0, 0
            for row in _elements(self.content, "row"):
                number = int(row.get("r") or number + 1)
                if first and number >= first + height:
                    break
                cells = {column: cell for column, cell in _cells(row) if is_read(column)} if number > after else {}
                row.clear()
                first = first or (number if cells and number not in hidden else 0)
                rows[number] = cells if first else {}
            if not first:
                return None
            header = [rows.get(number, {}) for number in range(first, first + height)]
            last = max((int(cell.value) for row in header for cell in row.values() if cell.kind == "s"), default=-1)
            shared = self.book.shared_texts(last)
            return Header(first, [{column: cell.text(shared) for column, cell in row.items()} for row in header])
        except _UNREADABLE:
            return None

    def percent_columns(self, rows: range) -> frozenset[int]:
        """Return the columns with a cell in some rows that shows a number as a percentage."""
        columns: set[int] = set()
        number = 0
        try:
            for element in _elements(self.content, "row"):
                number = int(element.get("r") or number + 1)
                if number > max(rows, default=0):
                    break
                if number in rows:
                    styles = self.book.percent_styles
                    columns.update(at for at, cell in _cells(element) if cell.kind == "n" and cell.style in styles)
                element.clear()
        except _UNREADABLE:
            pass
        return frozenset(columns)


@dataclass(frozen=True)
class _Cell:
    kind: str
    value: str
    style: str

    def text(self, shared: Sequence[str]) -> str:
        if self.kind == "s":
            return shared[int(self.value)]
        is_plain = self.kind != "n" or (self.style == "0" and re.fullmatch(r"-?\d{1,15}", self.value))
        if self.kind not in ("inlineStr", "str", "n") or not is_plain:
            raise ValueError("the text of the cell depends on its style")
        return self.value


def _cells(row: Element) -> Iterator[tuple[int, _Cell]]:
    """Yield the cells with a value, by their column."""
    column = 0
    for cell in row:
        reference = cell.get("r")
        column = cell_place(reference)[1] if reference else column + 1
        kind = cell.get("t", "n")
        values = (child.text for child in cell if _local(child) == "v")
        value = _text_of(cell) if kind == "inlineStr" else next(values, None)
        if value and kind != "e":
            yield column, _Cell(kind, value, cell.get("s", "0"))


def counts_too_many_texts(content: bytes) -> bool:
    """Return True if the list of shared texts announces more texts than it has bytes, as memory is taken for them."""
    try:
        archive = ZipFile(io.BytesIO(content))
        with archive.open(_SHARED_TEXTS) as texts:
            counts = re.findall(rb"uniqueCount\s*=\s*[\"'](\d+)", texts.read(_HEAD))
        return any(int(count) > archive.getinfo(_SHARED_TEXTS).file_size for count in counts)
    except _UNREADABLE:
        return False


def _sheet_entries(archive: ZipFile) -> Iterator[SheetEntry]:
    targets = {}
    for relationship in _elements(archive.read("xl/_rels/workbook.xml.rels"), "Relationship"):
        target = relationship.get("Target", "")
        targets[relationship.get("Id")] = target[1:] if target.startswith("/") else normpath(join("xl", target))
    for sheet in _elements(archive.read("xl/workbook.xml"), "sheet"):
        identifier = sheet.get(_RELATIONSHIP) or sheet.get(_STRICT_RELATIONSHIP)
        visible = sheet.get("state", "visible") == "visible"
        yield SheetEntry(sheet.get("name", ""), visible, targets.get(identifier, ""))


def _elements(content: bytes, name: str) -> Iterator[Element]:
    for _, element in ElementTree.iterparse(io.BytesIO(content), ("end",)):
        if _local(element) == name:
            yield element


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _text_of(element: Element) -> str:
    """Return the text of a shared or an inline text, without the phonetic guides of Japanese texts."""
    parts: list[str] = []
    for child in element:
        name = _local(child)
        if name == "t":
            parts.append(child.text or "")
        elif name in ("r", "is"):
            parts.append(_text_of(child))
    return "".join(parts)


def _attributes(tag: bytes) -> dict[bytes, bytes]:
    return dict(_ATTRIBUTE.findall(tag))


def _number(text: bytes | None) -> int | None:
    """Return a whole number; None for the text of a damaged file."""
    return int(text) if text and text.isdigit() and len(text) < 10 else None


def _place(reference: bytes | None) -> tuple[int, int] | None:
    """Return the row and the column of a cell; None for the reference of a damaged file."""
    try:
        return cell_place((reference or b"").decode())
    except ValueError:
        return None


def _region(reference: bytes | None) -> Region | None:
    first, _, last = (reference or b"").partition(b":")
    corners = _place(first), _place(last)
    return Region(*corners[0], *corners[1]) if corners[0] and corners[1] else None


def cell_place(reference: str) -> tuple[int, int]:
    """Return the row and the column of a cell, counted from 1.

    >>> cell_place("AB12")
    (12, 28)
    """
    match = re.fullmatch(r"\$?([A-Za-z]{1,3})\$?(\d+)", reference.strip())
    if match is None:
        raise ValueError(f'"{reference}" is no cell')
    return int(match[2]), column_number(match[1])


def column_number(letters: str) -> int:
    """Return the number of a column.

    >>> column_number("A"), column_number("Z"), column_number("AB")
    (1, 26, 28)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def column_letters(number: int) -> str:
    """Return the letters of a column.

    >>> column_letters(1), column_letters(26), column_letters(28)
    ('A', 'Z', 'AB')
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
