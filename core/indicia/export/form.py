"""The formats of an export, by the ending of the file name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from indicia.data import escape_formulas, format_of, render, write
from indicia.definition import check_language
from indicia.errors import OutputError
from indicia.export.book import workbook
from indicia.export.document import document, document_schema
from indicia.export.long import long_table
from indicia.export.paper import result_in_latex
from indicia.notes import MARK, Note

if TYPE_CHECKING:
    from indicia.editions.difference import EditionDifference
    from indicia.result import Result

ENDINGS = ("xlsx", "json", "csv", "tsv", "parquet", "md", "latex", "html")
"""The formats: a workbook, a JSON document, the long table (csv, tsv, parquet), the ranking (md, latex, html)."""


def exported(result: Result, form: str, language: str | None = None, since: EditionDifference | None = None) -> bytes:
    """Return a result in a format; the workbook and the JSON document may have the difference from an earlier edition.

    In csv and tsv, an apostrophe comes before each text that a spreadsheet would read as a formula.
    """
    check_language(language, result.definition)
    if form not in ENDINGS:
        raise OutputError(f'an index is not exported as "{form}"', remedy=f"one of {', '.join(ENDINGS)}")
    if since is not None and form not in ("xlsx", "json"):
        raise OutputError(
            f"{form} holds no difference from an earlier edition", remedy="-o index.xlsx or index.json; or indicia diff"
        )
    if form == "xlsx":
        return workbook(result, language, since)
    if form == "json":
        return document(result, language, since).encode()
    if form in ("csv", "tsv"):
        return render(escape_formulas(long_table(result, language)), form)
    if form == "parquet":
        return render(long_table(result, language), form)
    if form == "latex":
        return result_in_latex(result, language=language)
    marks = result.marks("scores")
    legend = [*result.notes, Note("marked", mark=MARK)] if marks.width else []
    return render(result.ranking, form, title=" · ".join([result.title, *legend]), marks=marks)


def export(
    result: Result,
    path: str | Path,
    language: str | None = None,
    form: str | None = None,
    since: EditionDifference | None = None,
) -> list[Path]:
    """Write a result in a format, by default that of the ending of the path; return the paths of the files."""
    path = Path(path)
    form = form or format_of(path)
    content = exported(result, form, language, since)
    write(content, path)
    if form != "json":
        return [path]
    schema = path.with_name(f"{path.stem}.schema.json")
    write((json.dumps(document_schema(), ensure_ascii=False, indent=1) + "\n").encode(), schema)
    return [path, schema]
