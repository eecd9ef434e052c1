"""Word documents, with Word's own headings, lists, tables, captions and repeated headings of tables.

References
----------
ECMA-376 (2016), Office Open XML File Formats, part 1, chapter 17.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import TYPE_CHECKING, Any

from indicia.answers.document import document_of
from indicia.documents.blocks import Formula, Heading, Items, TextTable
from indicia.documents.html import xml_text
from indicia.documents.latex import UPRIGHT, Layout, column_widths, parts_of, text_width
from indicia.documents.table_words import word
from indicia.errors import TURNING, require_optional

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.answers.answer import Answer
    from indicia.documents.blocks import Block

_CREATED = dt.datetime(2000, 1, 1)
"""The date in the file: equal tables give equal files."""
_STRETCH = 1.35
"""The most by which columns are wider than in LaTeX, whose letters are narrower."""
_BOLD = 1.15
"""The width of bold letters in widths of upright ones."""
_RULES = {"outer": 12, "inner": 6}
"""The widths of rules in eighths of a point."""


def answer_in_word(answer: Answer[Any], language: str | None = None) -> bytes:
    """Return the document of an answer as a Word document.

    Raises
    ------
    MissingDependency
        Without python-docx: pip install 'indicia[word]'.
    """
    return in_word(answer.titled(language, published=True), document_of(answer, language))


def in_word(title: str, blocks: Sequence[Block]) -> bytes:
    """Return a Word document; without a title, as tables for a paper.

    A table that is wider than a page is split into parts. Formulas are in LaTeX, which Word's equations read.

    Raises
    ------
    MissingDependency
        Without python-docx: pip install 'indicia[word]'.
    """
    require_optional("docx", "writing a Word document", "word")
    return _dated(_Document(title, blocks).content())


class _Document:
    """A Word document of blocks."""

    def __init__(self, title: str, blocks: Sequence[Block]) -> None:
        import docx

        self.title, self.document = title, docx.Document()
        self.blocks = [block.with_minus_signs if isinstance(block, TextTable) else block for block in blocks]
        self.parts = {at: parts_of(block) for at, block in enumerate(self.blocks) if isinstance(block, TextTable)}
        self._set_page()

    def content(self) -> bytes:
        """Return the file."""
        if self.title:
            self.document.add_heading(_plain(self.title), 0)
        numbers = {at: number for number, at in enumerate(self.parts, 1)}
        for at, block in enumerate(self.blocks):
            if isinstance(block, TextTable):
                self._add_parts(block, self.parts[at], numbers[at])
            elif isinstance(block, Heading):
                self.document.add_heading(_plain(block.text), 1)
            elif isinstance(block, Formula):
                self.document.add_paragraph(_plain(block.latex), style="Intense Quote")
            elif isinstance(block, Items):
                for text in block.texts:
                    self.document.add_paragraph(_plain(text), style="List Bullet")
            else:
                self.document.add_paragraph(_plain(block.text))
        content = io.BytesIO()
        self.document.save(content)
        return content.getvalue()

    def _add_parts(self, table: TextTable, parts: Sequence[tuple[TextTable, Layout]], number: int) -> None:
        """Add a table in its parts, and the notes below it."""
        for place, (part, layout) in enumerate(parts):
            self._add_caption(table, number, continued=place > 0)
            self._add_table(part, layout)
        for note in table.notes:
            paragraph = self.document.add_paragraph()
            paragraph.paragraph_format.space_after = _points(2)
            stop = "" if note.endswith((".", "。")) else word("stop", table.language)
            paragraph.add_run(_plain(f"{note}{stop}")).font.size = _points(8)

    def _set_page(self) -> None:
        """Set paper, letters and the facts of the file."""
        from docx.enum.section import WD_ORIENT
        from docx.oxml.ns import qn
        from docx.shared import Cm, RGBColor

        section = self.document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        if any(layout.landscape for parts in self.parts.values() for _, layout in parts):
            section.orientation = WD_ORIENT.LANDSCAPE
            section.page_width, section.page_height = section.page_height, section.page_width
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
        properties = self.document.core_properties
        captions = (block.caption for block in self.blocks if isinstance(block, TextTable))
        properties.title = _plain(self.title or next(captions, ""))
        properties.author, properties.comments = "", ""
        properties.created = properties.modified = _CREATED
        for name, size in {"Normal": 10, "Caption": 10, "Title": 16, "Heading 1": 12, "Intense Quote": 10}.items():
            style = self.document.styles[name]
            style.font.name, style.font.size, style.font.color.rgb = "Times New Roman", _points(size), RGBColor(0, 0, 0)
            fonts = style.element.rPr.rFonts
            fonts.set(qn("w:eastAsia"), "SimSun")
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):  # a theme goes before a name
                fonts.attrib.pop(qn(f"w:{theme}"), None)

    def _add_caption(self, table: TextTable, number: int, *, continued: bool) -> None:
        """Add the caption; its number is a field, so that Word numbers the tables of a paper."""
        language = table.language
        paragraph = self.document.add_paragraph(style="Caption")
        paragraph.paragraph_format.keep_with_next = True
        paragraph.add_run(f"{word('table', language)} ")
        field = _element("w:fldSimple", {"w:instr": r"SEQ Table \c" if continued else r"SEQ Table \* ARABIC"})
        run = _element("w:r")
        digits = _element("w:t")
        digits.text = str(number)  # until Word counts anew
        run.append(digits)
        field.append(run)
        paragraph._p.append(field)
        again = word("between", language) + word("continued", language) if continued else ""
        separator = "　" if language == "zh" else ". "
        paragraph.add_run(f"{separator}{_plain(table.caption)}{again}")

    def _add_table(self, part: TextTable, layout: Layout) -> None:
        from docx.enum.table import WD_TABLE_ALIGNMENT

        widths = column_widths(part, layout)
        stretch = min(self._room / sum(widths), _STRETCH)
        size = min(10, int(2 * layout.size * min(stretch, self._room / layout.room)) / 2)
        styles = self._cell_styles(size)
        table = self.document.add_table(rows=1 + len(part.rows), cols=len(part.headings))
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, False
        facts = {element.tag.rpartition("}")[2]: element for element in table._tbl.tblPr}  # in the order of the schema
        facts["tblLayout"].addprevious(_borders({"top": "outer", "bottom": "outer"}))
        facts["tblLook"].addprevious(_margins(stretch * layout.gap / 2))
        for column, width in zip(table.columns, widths, strict=True):
            column.width = _points(stretch * width)  # the grid; each cell repeats its width for other programs
        rows = iter(table.rows)
        head = next(rows)
        _property(head, "w:tblHeader")  # Word repeats this row on each page
        fits = [
            _BOLD * text_width(text, layout.size) <= width for text, width in zip(part.headings, widths, strict=True)
        ]
        upright = [layout.upright and part.numbers[at] and not fits[at] for at in range(len(fits))]
        for at, (cell, text) in enumerate(zip(head.cells, part.headings, strict=True)):
            properties = cell._tc.get_or_add_tcPr()
            properties.append(_borders({"bottom": "inner"}, "w:tcBorders"))
            if upright[at]:
                properties.append(_element("w:textDirection", {"w:val": "btLr"}))
            properties.append(_element("w:vAlign", {"w:val": "bottom"}))
            _fill(cell, text, styles["heading of numbers" if part.numbers[at] and not upright[at] else "heading"])
            cell.width = _points(stretch * widths[at])
        if any(upright):
            head.height = _points(UPRIGHT)
        of_columns = [styles["number" if number else "text"] for number in part.numbers]
        lengths = [_points(stretch * width) for width in widths]
        for row, cells in zip(rows, part.rows, strict=True):
            _property(row, "w:cantSplit")
            for cell, text, style, width in zip(row.cells, cells, of_columns, lengths, strict=True):
                _fill(cell, text, style)
                cell.width = width
        self.document.add_paragraph().paragraph_format.space_after = _points(0)

    @property
    def _room(self) -> float:
        """The width of a line in points."""
        section: Any = self.document.sections[0]
        return float((section.page_width - section.left_margin - section.right_margin) / _points(1))

    def _cell_styles(self, size: float) -> dict[str, str]:
        """Return the identifiers of the styles of cells; a reader of the document can change each style at once."""
        from docx.enum.style import WD_STYLE_TYPE
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        styles = {}
        for name in ("text", "number", "heading", "heading of numbers"):
            title = f"Table {name}"
            if title not in self.document.styles:
                style: Any = self.document.styles.add_style(title, WD_STYLE_TYPE.PARAGRAPH)
                style.base_style = self.document.styles["Normal"]
                style.font.size, style.font.bold = _points(size), name.startswith("heading")
                style.paragraph_format.space_after = _points(0)
                if "number" in name:
                    style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            styles[name] = str(self.document.styles[title].style_id)
        return styles


def _fill(cell: Any, text: str, style: str) -> None:
    """Write a text into a cell, in the style with an identifier."""
    paragraph = cell._tc.p_lst[0]
    paragraph.style = style
    paragraph.add_r().text = _plain(text)


def _points(size: float) -> Any:
    from docx.shared import Pt

    return Pt(size)


def _element(name: str, attributes: dict[str, str] | None = None) -> Any:
    """Return an element of a Word document that python-docx has no function for."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    element = OxmlElement(name)
    for key, value in (attributes or {}).items():
        element.set(qn(key), value)
    return element


def _borders(rules: dict[str, str], name: str = "w:tblBorders") -> Any:
    borders = _element(name)
    for side, width in rules.items():
        rule = {"w:val": "single", "w:sz": str(_RULES[width]), "w:space": "0", "w:color": "auto"}
        borders.append(_element(f"w:{side}", rule))
    return borders


def _margins(side: float) -> Any:
    """Return the space around the text of a cell, in points."""
    margins = _element("w:tblCellMar")
    for name, points in (("top", 1.0), ("left", side), ("bottom", 1.0), ("right", side)):
        margins.append(_element(f"w:{name}", {"w:w": str(round(20 * points)), "w:type": "dxa"}))
    return margins


def _property(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(_element(name))


def _plain(text: str) -> str:
    """Return a text in one line, without control characters and signs that turn the direction of writing."""
    return TURNING.sub("", xml_text(text))


def _dated(content: bytes) -> bytes:
    """Return a file of parts with a fixed date for each part, so that equal tables give equal files."""
    rewritten = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(rewritten, "w", zipfile.ZIP_DEFLATED) as book:
        for name in parts.namelist():
            book.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), parts.read(name), zipfile.ZIP_DEFLATED)
    return rewritten.getvalue()
