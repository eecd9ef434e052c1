"""The exporter of the pages of units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from indicia.outputs import Exported, Exporter, ExportOptions, Files, Need
from indicia_paper.dossier import Dossier

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class PagesOfUnits(Exporter[Dossier]):
    """Write a page for each unit, and a page that links them; each file is made when it is read from the mapping."""

    name = "unit_pages"
    exports: ClassVar[tuple[Exported, ...]] = ("units",)
    formats: ClassVar[Mapping[str, tuple[str, ...]]] = {"unit_pages": ()}
    needs: ClassVar[tuple[Need, ...]] = ("intervals",)

    def write(self, exported: Dossier, options: ExportOptions) -> Files:
        from indicia_report.units.folder import UnitPages

        return UnitPages(exported)
