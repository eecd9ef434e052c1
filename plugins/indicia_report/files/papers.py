"""The files of tables for papers: LaTeX, Word, Markdown and HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from indicia.comparison import Comparison
from indicia.data import render
from indicia.definition import check_raw_values
from indicia.documents.html import escape, page, table_element
from indicia.documents.latex import latex
from indicia.documents.markdown import markdown
from indicia.errors import IndiciaError, OutputError
from indicia.notes import MARK, Note
from indicia_report.files.paper import comparison_table, result_table
from indicia_report.files.paper_tables import TABLES
from indicia_report.files.word import in_word

if TYPE_CHECKING:
    from indicia.documents.blocks import TextTable
    from indicia.dossier import Dossier
    from indicia.outputs import ExportOptions
    from indicia.presentation import ResultTable
    from indicia.result import Result

_STYLE = (
    "body{font:14px/1.5 system-ui,sans-serif;margin:2em}"
    "table{border-collapse:collapse;border-bottom:1.5px solid;border-top:1.5px solid;font-variant-numeric:tabular-nums}"
    "caption{font-weight:600;padding:.5em 0;text-align:left}"
    "th,td{padding:.2em .8em .2em 0;text-align:left;vertical-align:top}"
    "thead th{border-bottom:1px solid}"
    ".n{text-align:right}"
)


def paper_file(exported: Dossier | Comparison, options: ExportOptions) -> bytes:
    """Return the file of a table.

    Raises
    ------
    OutputError
        If the table would hold raw values that the index does not publish, or needs results that there are not.
    """
    details = dict(options.details or {})
    if isinstance(exported, Comparison):
        return _written(comparison_table(exported, details["frame"], details["table"], options.language), options)
    result, table = exported.result, details.get("table") or "scores"
    if table == "descriptive" or (table in result.declared and result.declared[table].is_raw):
        check_raw_values(result.definition, result.origin, f"a file of the table {table}")
    if table in TABLES:
        return _written(TABLES[table](result, options.language, exported.period), options)
    if table == "agreement":
        compared = _compared(exported)
        return _written(comparison_table(compared, compared.frame("agreement"), table, options.language), options)
    if options.format in ("md", "html"):
        return _of_frame(result, table, options)
    return _written(result_table(result, table, options.language, details.get("rows")), options)


def _written(table: TextTable, options: ExportOptions) -> bytes:
    if options.format == "docx":
        return in_word(table)
    if options.format == "latex":
        return latex("", [table]).encode()
    table = table.with_minus_signs
    if options.format == "md":
        return markdown("", [table]).encode()
    notes = "".join(f"\n<p>{escape(note)}</p>" for note in table.notes)
    return page(table.caption, f"{table_element(table)}{notes}\n", style=_STYLE, language=table.language).encode()


def _of_frame(result: Result, table: str, options: ExportOptions) -> bytes:
    """Return a table of a result with the names of its columns, in Markdown or HTML."""
    marks = result.marks(table)
    legend = [*result.notes, Note("marked", mark=MARK)] if marks.width else []
    title = " · ".join([result.title, *map(str, legend)])
    return render(result.frame(cast("ResultTable", table)), options.format, title=title, marks=marks)


def _compared(dossier: Dossier) -> Comparison:
    if isinstance(dossier.compared, IndiciaError):
        raise dossier.compared
    if dossier.compared is None:
        raise OutputError(
            "the agreement of methodologies needs several, and there is one",
            remedy="[variants] in the index file; or indicia compare -n min_max,z_score --show agreement -o table.tex",
        )
    return dossier.compared
