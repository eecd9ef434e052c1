"""The files of tables for papers: LaTeX, Word, Markdown and HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import polars as pl

from indicia.data import column_texts, render, with_marks
from indicia.definition import ROOT, Definition, check_raw_values, text
from indicia.documents.blocks import TextTable
from indicia.documents.html import escape, page, table_element
from indicia.documents.latex import latex, slug
from indicia.documents.markdown import markdown
from indicia.documents.table_words import word
from indicia.errors import IndiciaError, OutputError
from indicia.messages.translations import in_language
from indicia.notes import MARK, Note
from indicia.run import IMPUTED_SHARE, band_names
from indicia.tables.table import reader_names
from indicia_report.files.paper_tables import TABLES
from indicia_report.files.word import in_word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.analyses import Table
    from indicia.outputs import ExportOptions
    from indicia.presentation import ResultTable
    from indicia.result import Result
    from indicia_compare import ComparisonAnswer
    from indicia_paper.dossier import Dossier

_STYLE = (
    "body{font:14px/1.5 system-ui,sans-serif;margin:2em}"
    "table{border-collapse:collapse;border-bottom:1.5px solid;border-top:1.5px solid;font-variant-numeric:tabular-nums}"
    "caption{font-weight:600;padding:.5em 0;text-align:left}"
    "th,td{padding:.2em .8em .2em 0;text-align:left;vertical-align:top}"
    "thead th{border-bottom:1px solid}"
    ".n{text-align:right}"
)


def paper_file(exported: Dossier, options: ExportOptions) -> bytes:
    """Return the file of a table.

    Raises
    ------
    OutputError
        If the table would hold raw values that the index does not publish, or needs results that there are not.
    """
    details = dict(options.details or {})
    result, table = exported.result, details.get("table") or "scores"
    if table == "descriptive" or (table in result.declared and result.declared[table].is_raw):
        check_raw_values(result.definition, result.origin, f"a file of the table {table}")
    if table in TABLES:
        return _written(TABLES[table](result, options.language, exported.period), options)
    if table == "agreement":
        return _written(comparison_table(_compared(exported), table, options.language), options)
    if options.format in ("md", "html"):
        return _of_frame(result, table, options)
    return _written(result_table(result, table, options.language, details.get("rows")), options)


def _written(table: TextTable, options: ExportOptions) -> bytes:
    if options.format == "docx":
        return in_word("", [table])
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


def _compared(dossier: Dossier) -> ComparisonAnswer:
    if isinstance(dossier.compared, IndiciaError):
        raise dossier.compared
    if dossier.compared is None:
        raise OutputError(
            "the agreement of methodologies needs several, and there is one",
            remedy="[variants] in the index file; or indicia compare -n min_max,z_score --show agreement -o table.tex",
        )
    return dossier.compared


_MISSING = "–"


def result_table(
    result: Result, table: str = "scores", language: str | None = None, rows: pl.Series | None = None
) -> TextTable:
    """Return rows of a table of a result as texts; the table of scores leaves out codes and groups of units."""
    definition, frame, data = result.definition, result.frame(cast("ResultTable", table)), result.definition.data
    marks = result.marks(table)
    if rows is not None:
        frame, marks = frame[rows], marks[rows] if marks.width else marks
    nodes = list(result.scored.tree.nodes())
    decimals: dict[str, int] = {}
    if table == "scores":
        default = result.shown_decimals
        decimals = {node.id: default if node.decimals is None else node.decimals for node in nodes} | {"score": default}
        within = [column for group in definition.methodology.ranks for column in (group, f"rank_{group}")]
        names = [column for column in (result.unit, *data.labels(), data.period, *within) if column]
        scores = [name for name in result.scored.nodes.columns if name != ROOT]
        shares = [IMPUTED_SHARE] if IMPUTED_SHARE in frame.columns else []
        bands = list(definition.bands)
        frame = frame.select("rank", *dict.fromkeys(names), "score", *bands, *shares, *scores)
    else:
        frame = frame.drop([column for column in data.groups if column in frame.columns])
    frame = frame.with_columns(
        band_names(frame[name], bands, language).alias(name)
        for name, bands in definition.bands.items()
        if name in frame.columns
    )
    sizes = {
        "units": result.scored.units[result.unit].n_unique(),
        "indicators": len(list(result.scored.tree.leaves())),
        "dimensions": len(nodes) - 1,
    }
    code = _language_of_words(language)
    notes = [word("made_by", code, methods=result.methodology, **sizes)]
    names_of = _reader_names(result, language)
    all_notes = [*result.notes, *([Note("marked", mark=MARK)] if marks.width else [])]
    notes += [note.in_language(code, names_of) for note in all_notes]
    return _printed(frame, definition, result.unit, language, result.declared[table], notes, decimals, marks)


def comparison_table(answer: ComparisonAnswer, table: str, language: str | None = None) -> TextTable:
    """Return a table of a comparison as texts; notes below the table name the numbered methodologies."""
    comparison, frame = answer.figures, answer.frame(table)
    sizes = {"n": len(comparison.methods), "left_out": len(comparison.failures), "units": len(comparison.common_ranks)}
    notes = [word("compared", _language_of_words(language), **sizes)]
    numbers = {*frame.columns, *(map(str, frame["methodology"]) if "methodology" in frame.columns else ())}
    notes += [f"{one.number} = {one.label}" for one in comparison.methods if str(one.number) in numbers]
    return _printed(
        frame, comparison.definition, comparison.unit, language, answer.declared[table], notes, {}, pl.DataFrame()
    )


def _language_of_words(language: str | None) -> str:
    """Return the language of headings and notes: English or Chinese."""
    return "zh" if language == "zh" else "en"


def _reader_names(result: Result, language: str | None) -> dict[str, str]:
    """Return the names of units and parts for readers."""
    definition, units = result.definition, result.scored.units
    pairs = zip(units[result.unit].cast(pl.String), reader_names(units, definition.data, language), strict=True)
    parts = {name: part.name for name, part in definition.dimensions.items()}
    parts |= {name: part.name for name, part in definition.indicators.items()}
    return {
        **dict(pairs),
        ROOT: text(definition.name, language),
        **{part: text(name, language, part) for part, name in parts.items()},
    }


def _printed(
    frame: pl.DataFrame,
    definition: Definition,
    unit: str,
    language: str | None,
    declared: Table,
    notes: Sequence[str],
    decimals: Mapping[str, int],
    marks: pl.DataFrame,
) -> TextTable:
    frame = _in_one_language(frame, definition, unit, language)
    columns = [with_marks(_texts(column, decimals.get(column.name)), column.name, marks) for column in frame]
    code = _language_of_words(language)
    names = {unit, *definition.data.labels()}
    subject, key = in_language(declared.caption, code), declared.name.replace("_", "-")
    return TextTable(
        headings=[_heading(name, definition, names, language) for name in frame.columns],
        rows=list(zip(*columns, strict=True)),
        numbers=[column.dtype.is_numeric() for column in frame],
        caption=f"{text(definition.name, language)}{'：' if code == 'zh' else ': '}{subject}",
        label=slug(text(definition.name)) + ("" if key == "scores" else f"-{key}"),
        notes=notes,
        language=code,
        repeated=1 + max((at for at, name in enumerate(frame.columns) if name in names), default=0),
    )


def _in_one_language(frame: pl.DataFrame, definition: Definition, unit: str, language: str | None) -> pl.DataFrame:
    """Keep one column with the names of units, or two if several units have the same name."""
    label = text(definition.data.label, language)
    frame = frame.drop(
        [name for name in definition.data.labels() if name in frame.columns and name not in (label, unit)]
    )
    if label not in frame.columns or label == unit or unit not in frame.columns:
        return frame
    labels_suffice = frame[label].null_count() == 0 and frame[label].n_unique() == frame[unit].n_unique()
    return frame.drop(unit) if labels_suffice else frame


def _heading(name: str, definition: Definition, names: set[str], language: str | None) -> str:
    part = definition.dimensions.get(name) or definition.indicators.get(name)
    if part is not None:
        return text(part.name, language, name)
    if name in definition.bands:
        return text(definition.bands[name].name, language, _readable(name))
    if name in names:
        return word("unit", "zh") if language == "zh" and name.isascii() else _readable(name)
    if name == definition.data.period:
        return word("period", "zh") if language == "zh" and name.isascii() else _readable(name)
    if name.startswith("rank_"):
        return _capital(word("rank_of", language or "en", group=_readable(name.removeprefix("rank_")).lower()))
    return _capital(word(name, language or "en")) if name in ("rank", "score") else _readable(name)


def _readable(name: str) -> str:
    return _capital(name.replace("_", " ").strip() or name)


def _capital(heading: str) -> str:
    return heading[:1].upper() + heading[1:]


def _texts(column: pl.Series, decimals: int | None) -> list[str]:
    if decimals is not None and column.dtype.is_float():
        return [_MISSING if value is None else f"{value:.{decimals}f}" for value in column.fill_nan(None)]
    if column.name.startswith("rank") and column.dtype.is_numeric():
        return [_MISSING if value is None else f"{value:g}" for value in column]
    missing = "" if column.dtype == pl.String else _MISSING
    return [cell or missing for cell in column_texts(column)]
