"""The exporters of this package: page, JSON document, long table, tables for papers, pictures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, get_args

from indicia.outputs import Exported, Exporter, ExportOptions, Files, Need
from indicia.presentation import PaperTable
from indicia_paper.dossier import Dossier

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Page(Exporter[Dossier]):
    """Write the page: one HTML file that needs no network."""

    name = "page"
    exports: ClassVar[tuple[Exported, ...]] = ("dossier",)
    formats: ClassVar[Mapping[str, tuple[str, ...]]] = {"page": ()}
    needs: ClassVar[tuple[Need, ...]] = ("intervals", "comparison", "audit")
    holds_difference = True

    def write(self, exported: Dossier, options: ExportOptions) -> Files:
        from indicia_report.page import page_of_dossier

        return {"": page_of_dossier(exported).encode()}


@dataclass(frozen=True)
class Document(Exporter[Dossier]):
    """Write the whole result as one JSON document, with its JSON Schema beside it."""

    name = "document"
    exports: ClassVar[tuple[Exported, ...]] = ("dossier",)
    formats: ClassVar[Mapping[str, tuple[str, ...]]] = {"json": (".json",)}
    holds_difference = True

    def write(self, exported: Dossier, options: ExportOptions) -> Files:
        from indicia_report.files.document import document, document_schema

        schema = json.dumps(document_schema(), ensure_ascii=False, indent=1) + "\n"
        content = document(exported.result, options.language, exported.difference)
        return {"": content.encode(), ".schema.json": schema.encode()}


@dataclass(frozen=True)
class LongTable(Exporter[Dossier]):
    """Write one long table with a row per value, with a codebook and the metadata of CSV on the Web beside it."""

    name = "long_table"
    exports: ClassVar[tuple[Exported, ...]] = ("dossier",)
    formats: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "csv": (".csv",),
        "tsv": (".tsv",),
        "parquet": (".parquet",),
    }

    def write(self, exported: Dossier, options: ExportOptions) -> Files:
        from indicia_report.files.long import long_files

        return long_files(exported.result, options)


@dataclass(frozen=True)
class Sdmx(Exporter[Dossier]):
    """Write SDMX-CSV 2.0, with the data structure as SDMX-ML 3.0 beside it."""

    name = "sdmx"
    exports: ClassVar[tuple[Exported, ...]] = ("dossier",)
    formats: ClassVar[Mapping[str, tuple[str, ...]]] = {"sdmx-csv": ()}

    def write(self, exported: Dossier, options: ExportOptions) -> Files:
        from indicia_report.files.sdmx import sdmx_files

        return sdmx_files(exported.result, options)


@dataclass(frozen=True)
class TableForPaper(Exporter[Dossier]):
    """Write the ranking, or another table of a result, for a paper: LaTeX, Word, Markdown or HTML."""

    name = "paper_table"
    exports: ClassVar[tuple[Exported, ...]] = ("dossier",)
    formats: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "md": (".md",),
        "latex": (".tex",),
        "docx": (".docx",),
        "html": (".html", ".htm"),
    }
    tables = get_args(PaperTable)

    def needs_of(self, table: str | None) -> tuple[Need, ...]:
        return ("comparison",) if table == "agreement" else ()

    def write(self, exported: Dossier, options: ExportOptions) -> Files:
        from indicia_report.files.papers import paper_file

        return {"": paper_file(exported, options)}


@dataclass(frozen=True)
class Picture(Exporter[Any]):
    """Write a chart as a picture, as a page that needs no network, or as Vega-Lite."""

    name = "picture"
    exports: ClassVar[tuple[Exported, ...]] = ("chart",)
    formats: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "svg": (".svg",),
        "png": (".png",),
        "pdf": (".pdf",),
        "html": (".html", ".htm"),
        "json": (".json",),
    }
    unstable = ("pdf",)  # the order of fonts

    def write(self, exported: Any, options: ExportOptions) -> Files:
        from indicia_report.charts.write import rendered

        return {"": rendered(exported, options.format, language=options.language or "en")}
