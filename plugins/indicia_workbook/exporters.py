"""The exporters of this package: the workbook of an index, and the workbook of the difference of two editions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from indicia.dossier import Dossier
from indicia.editions.difference import EditionDifference
from indicia.outputs import Exported, Exporter, ExportOptions, Files

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Workbook(Exporter[Dossier]):
    """Write a workbook whose cells compute the index from data and weights."""

    name = "workbook"
    exports: ClassVar[tuple[Exported, ...]] = ("dossier",)
    formats: ClassVar[Mapping[str, tuple[str, ...]]] = {"xlsx": (".xlsx",)}
    holds_difference = True

    def write(self, exported: Dossier, options: ExportOptions) -> Files:
        from indicia_workbook.book import workbook

        return {"": workbook(exported.result, options.language, exported.difference)}


@dataclass(frozen=True)
class DifferenceWorkbook(Exporter[EditionDifference]):
    """Write the difference of two editions as a workbook."""

    name = "difference_workbook"
    exports: ClassVar[tuple[Exported, ...]] = ("difference",)
    formats: ClassVar[Mapping[str, tuple[str, ...]]] = {"xlsx": (".xlsx",)}

    def write(self, exported: EditionDifference, options: ExportOptions) -> Files:
        from indicia_workbook.difference_book import difference_workbook

        return {"": difference_workbook(exported, options.language)}
