"""The files of a long table: the table, its codebook, and its metadata."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from indicia.data import escape_formulas, render
from indicia_report.files.codebook import codebook, codebook_frame, codebook_in_markdown, codebook_languages
from indicia_report.files.csvw import csvw_metadata
from indicia_report.files.long import long_table

if TYPE_CHECKING:
    from indicia.outputs import ExportOptions, Files
    from indicia.result import Result

_DELIMITERS = {"csv": ",", "tsv": "\t"}


def long_files(result: Result, options: ExportOptions) -> Files:
    """Return a long table, a codebook for programs and one for people, and metadata beside a table of text."""
    table, languages = long_table(result, options.language), codebook_languages(result, options.language)
    entries = codebook(result, table, languages)
    files = {
        ".codebook.csv": render(escape_formulas(codebook_frame(entries, languages)), "csv"),
        ".codebook.md": codebook_in_markdown(result, entries, languages).encode(),
    }
    if options.format == "parquet":
        return {"": render(table, "parquet"), **files}
    delimiter = _DELIMITERS[options.format]
    metadata = csvw_metadata(result, table, entries, languages, PurePath(options.file).name, delimiter)
    # a spreadsheet would read some texts as formulas
    content = render(escape_formulas(table), options.format)
    return {"": content, **files, f"{PurePath(options.file).suffix}-metadata.json": metadata.encode()}
