"""The exporter of this package: the workbook of an index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from indicia.outputs import Exported, Exporter, ExportOptions, Files
from indicia_paper.dossier import Dossier

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
