"""The workbook of an index: a plugin that comes with Indicia."""

from __future__ import annotations

from indicia.catalogue import hookimpl

indicia_contract = 2


@hookimpl
def indicia_exporters() -> dict[str, str]:
    """Offer the exporters of this package: the name of each, and the place of its class."""
    return {
        "difference_workbook": "indicia_workbook.exporters:DifferenceWorkbook",
        "workbook": "indicia_workbook.exporters:Workbook",
    }
