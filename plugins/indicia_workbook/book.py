"""The workbook of a result as an Excel file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from indicia.citations import plain
from indicia.defaults import WEIGHTING
from indicia.definition import text
from indicia.errors import MethodError, OutputError, require_optional
from indicia.notes import MARK
from indicia_workbook.answer_sheets import add_answer_sheets
from indicia_workbook.bands import add_bands
from indicia_workbook.pages import ROWS, Pages
from indicia_workbook.printing import new_book, plain_sheet, set_up_page, sheet_name
from indicia_workbook.ranking import add_check, add_former_ranks, add_imputed_share, add_ranks
from indicia_workbook.sheets import FIRST
from indicia_workbook.styles import Styles
from indicia_workbook.table_sheet import add_table
from indicia_workbook.text import sheet_sentence, word
from indicia_workbook.trace import WITHHELD, trace

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from indicia.result import Result
    from indicia_editions.difference import EditionDifference
    from indicia_workbook.contents import Contents

_MAX_COLUMNS = 16_384
CHANGES = "sheet_changes"
"""The key of the name of the sheet on the difference from an earlier edition."""


def workbook(result: Result, language: str | None = None, since: EditionDifference | None = None) -> bytes:
    """Return a workbook whose cells compute the index: data, weights, normalised values, scores and ranks.

    A part without a spreadsheet formula has values. The first sheet lists these parts and the reasons. The last sheets
    have the difference from an earlier edition, if `since` is one.
    """
    require_optional("xlsxwriter", "writing a workbook", "excel")
    language_code = language or "en"
    unit_columns = _unit_columns(result, language_code)
    levels = max(node.level for node in result.scored.tree.nodes())
    names = _names(levels, language_code)
    if FIRST + result.scored.units.height >= ROWS:
        raise OutputError("the index has more rows than an Excel sheet", remedy="write csv or parquet")
    contents = trace(result, names, len(unit_columns), language_code)
    add_ranks(contents)
    add_bands(contents)
    add_imputed_share(contents)
    add_former_ranks(contents)
    add_check(contents)
    if any(len(unit_columns) + len(entries) > _MAX_COLUMNS for entries in contents.layout.entries.values()):
        raise OutputError("the index has more columns than an Excel sheet", remedy="write csv or parquet")
    content = io.BytesIO()
    book = new_book(content, text(result.definition.name, language_code))
    book.set_calc_mode("auto")
    styles = Styles(book)
    writer = Pages(contents, book, styles, unit_columns)
    order = ["guide", "ranking", "chart", "data", "weights", "statistics", "normalised", "steps"]
    order += [f"level {level}" for level in range(levels, -1, -1)]
    order += ["aggregates", "changes", "attributes", "check", "engine"]
    sheet_keys = [key for key in order if writer.has(key)]
    sheets = {key: book.add_worksheet(names[key], plain_sheet()) for key in sheet_keys}
    for key, sheet in sheets.items():
        writer.fill(key, sheet)
    changes = add_answer_sheets(book, styles, since, language, CHANGES) if since is not None else []
    details = add_detail_sheets(book, styles, result, language_code)
    guide(contents, sheets["guide"], styles, sheet_keys, [*details, *changes])
    book.close()
    return content.getvalue()


def _names(levels: int, language: str) -> dict[str, str]:
    keys = ["guide", "ranking", "chart", "data", "weights", "statistics", "normalised", "steps"]
    keys += ["aggregates", "changes", "attributes", "check", "engine"]
    names = {key: word(key, language) for key in keys}
    names |= {f"level {level}": word("level", language, n=level) for level in range(1, levels + 1)}
    return {**names, "level 0": word("index", language)}


def _unit_columns(result: Result, language: str) -> list[tuple[str, pl.Series]]:
    """Return the columns that identify a row: the name of the unit in the data, its label, and the period."""
    data, units = result.definition.data, result.scored.units
    columns = [(word("unit", language), units[result.unit])]
    label = text(data.label, language)
    if label in units.columns and label != result.unit:
        columns.append((word("label", language), units[label]))
    if data.period:
        columns.append((word("period", language), units[data.period]))
    return columns


_MANY = 100_000
"""The largest number of rows of a table that a sheet has."""


def add_detail_sheets(book: Any, styles: Styles, result: Result, language: str) -> list[str]:
    """Add a sheet for each table of further results of a node; return the names of the sheets.

    A sheet of a table with more than 100,000 rows, or of one that its method refuses, has the reason instead.
    """
    names = []
    tree = result.scored.tree
    of_indicators = {table for leaf in tree.leaves() for table in result.detail_tables(leaf.id)}
    for node in tree.nodes():
        for table, what in result.detail_tables(node.id).items():
            if table in of_indicators and node is not tree:  # the sheet of the index has the rows of all indicators
                continue
            names.append(sheet_name(book, f"{node.id} {table}"))
            sheet = book.add_worksheet(names[-1], plain_sheet())
            frame = _frame_or_reason(result, node.id, table, language)
            if isinstance(frame, str):
                sheet.write_string(0, 0, frame, styles["text"])
            else:
                add_table(sheet, styles, frame)
            set_up_page(sheet, f"{node.id}: {what}", language, heading=0, repeated=1)
    return names


def _frame_or_reason(result: Result, node: str, table: str, language: str) -> pl.DataFrame | str:
    """Return a table, or the sentence of its sheet if the table has none or too many rows."""
    if table == "pairs" and result.scored.units.height**2 > _MANY:
        return _too_long(node, table, language)
    try:
        frame = result.details(node, table)
    except MethodError as error:
        return error.what
    return frame if frame.height <= _MANY else _too_long(node, table, language)


def _too_long(node: str, table: str, language: str) -> str:
    return word("details_too_long", language, node=node, table=table, rows=f"{_MANY:,}")


def guide(contents: Contents, sheet: Any, styles: Styles, sheets: Sequence[str], changes: Sequence[str] = ()) -> None:
    """Write the first sheet; `changes` are the names of the sheets on the difference from an earlier edition."""
    _Guide(contents, sheet, styles).write(sheets, changes)


class _Guide:
    def __init__(self, contents: Contents, sheet: Any, styles: Styles) -> None:
        self.contents, self.sheet, self.styles, self.language = contents, sheet, styles, contents.language
        self.row = 0

    def write(self, sheets: Sequence[str], changes: Sequence[str]) -> None:
        """Write the sheet from top to bottom."""
        result, language = self.contents.result, self.language
        self.sheet.hide_gridlines(2)
        self.sheet.set_column(0, 0, 34)
        self.sheet.set_column(1, 1, 92)
        self.sheet.set_column(2, 2, 34)
        set_up_page(self.sheet, text(result.definition.name, language), language)
        self.sheet.set_row(0, 28)
        self._line(text(result.definition.name, language), style="title")
        self._line(word("guide_says", language), style="says")
        names = self.contents.layout.names
        verdict = f"='{names['check']}'!$A$3"
        count = len(self.contents.layout.entries["check"]) * self.contents.layout.rows
        self.sheet.write_formula(self.row, 0, verdict, self.styles["verdict"], word("equal", language, n=count))
        self.row += 2
        self._origin()
        self._section("sheets")
        for key in sheets:
            self._sheet(key)
        for name in changes:
            self.sheet.write_url(self.row, 0, f"internal:'{name}'!A1", self.styles["link"], name)
            self.sheet.write_string(self.row, 2, word("values", language), self.styles["quiet"])
            self.row += 1
        self._section("not_live")
        for line in self._not_live():
            self._line(*line)
        self._legend()
        if result.notes:
            self._section("notes")
            names = self.contents.names()
            for note in result.notes:
                self._line("", note.in_language(language, names))
        self._section("references")
        for work in result.cite():
            if work.role != "index":
                self._line(", ".join(map(self._use, work.used_for)), plain(work))

    def _origin(self) -> None:
        """Write the methodology, the program with the hash of the data, and the publication."""
        result, language = self.contents.result, self.language
        self._section("methodology")
        self._line("", result.methodology)
        version, hash_of_data = result.manifest["indicia"], result.manifest["data"]["sha256"]
        self._line("", word("computed_by", language, version=version, hash=hash_of_data), "quiet")
        publication = result.definition.publication
        if facts := publication.facts() if publication else {}:
            self._section("publication")
            for key, fact in facts.items():
                self._line(word(f"publication_{key}", language), text(fact, language))

    def _legend(self) -> None:
        """Explain the colours of the cells, and the mark of imputed values."""
        self._section("legend")
        for key in ("input", "formula", "fixed", "imputed", "treated", "missing"):
            form = self.styles.number(key, "0")
            self.sheet.write_string(self.row, 0, word(key, self.language), form)
            self.row += 1
        if self.contents.result.imputed.values.width:
            self._line(word("imputed_mark", self.language, mark=MARK), style="quiet")

    def _use(self, name: str) -> str:
        """Return the name of an indicator or a variable for readers; a method keeps its name."""
        definition = self.contents.result.definition
        if name in definition.outside.variables:
            return text(definition.outside.variables[name].name, self.language, default=name)
        return self.contents.name_of(name) if name in definition.indicators else name

    def _section(self, key: str) -> None:
        self.row += 1
        for place in range(3):
            self.sheet.write_string(
                self.row, place, word(key, self.language) if place == 0 else "", self.styles["section"]
            )
        self.row += 1

    def _line(self, first: str, second: str = "", style: str = "text") -> None:
        if second:
            self.sheet.write_string(self.row, 0, first, self.styles["text"])
            self.sheet.write_string(self.row, 1, second, self.styles[style])
        else:
            self.sheet.write_string(self.row, 0, first, self.styles[style] if style != "text" else None)
        self.row += 1

    def _sheet(self, key: str) -> None:
        if key == "guide":
            return
        name, language = self.contents.layout.names[key], self.language
        description = {"level 0": "ranking", "ranking": "index"}.get(key, "level" if key.startswith("level") else key)
        sentence = sheet_sentence(description, self.contents.result.definition.methodology, language)
        self.sheet.write_url(self.row, 0, f"internal:'{name}'!A1", self.styles["link"], name)
        self.sheet.write_string(self.row, 1, sentence, self.styles["text"])
        self.sheet.write_string(self.row, 2, self._live(key), self.styles["quiet"])
        self.row += 1

    def _live(self, key: str) -> str:
        language = self.language
        if key in ("data", "aggregates", "changes", "attributes", "engine"):
            return word("values", language)
        entries = [
            entry
            for entry in self.contents.layout.entries.get(key, [])
            if entry.text is not None or entry.why not in (None, "input")
        ]
        formulas = sum(entry.text is not None for entry in entries)
        if key in ("weights", "statistics", "ranking", "chart") or formulas == len(entries):
            return word("all_formulas", language)
        return word("some_formulas", language, n=formulas, all=len(entries)) if formulas else word("values", language)

    def _not_live(self) -> list[tuple[str, str]]:
        contents, language = self.contents, self.language
        lines = []
        if WITHHELD in contents.not_live.values():
            lines.append(("", word("withheld", language)))
        for name, why in contents.not_live.items():
            if why == WITHHELD:
                continue
            is_part = name in contents.scores or name in contents.normalised
            title = contents.bands[name].title if name in contents.bands else word("rank", language)
            lines.append((contents.name_of(name) if is_part else title, _reason(why, language)))
        if not lines:
            lines.append(("", word("all_live", language)))
        if contents.result.fitted_by is not None:
            lines.append(("", word("fitted", language)))
        weightings = dict.fromkeys(
            node.weighting.name
            for node in contents.result.scored.tree.nodes()
            if len(node.components) > 1 and node.weighting.name != WEIGHTING
        )
        if weightings:
            lines.append(("", word("weights_found", language, methods=", ".join(weightings))))
        if unscaled := [node.id for node in contents.result.scored.tree.nodes() if node.sum_of_weights is not None]:
            parts = ", ".join(contents.name_of(name) for name in unscaled)
            lines.append(("", word("weights_unscaled", language, parts=parts)))
        if len(contents.result.cells) and contents.data:
            lines.append(("", word("preparation", language)))
        return lines


def _reason(why: str, language: str) -> str:
    if why in ("fitted", "before_treatment"):
        return word(why, language)
    method, _, rest = why.partition(": ")
    if method == "many rows":
        return word("many_rows", language, n=rest)
    reason = word("arrays", language) if rest == "arrays" else word("no_formula", language, what=rest)
    return f"{method}: {reason}"
