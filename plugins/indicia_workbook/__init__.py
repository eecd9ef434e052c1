"""The workbooks of an index and of answers: a plugin that comes with Indicia."""

from __future__ import annotations

from indicia.catalogue import hookimpl

indicia_contract = 2


@hookimpl
def indicia_exporters() -> dict[str, str]:
    """Offer the exporter of this package: its name, and the place of its class."""
    return {"workbook": "indicia_workbook.exporters:Workbook"}


@hookimpl
def indicia_writers() -> dict[str, str]:
    """Offer the format of this package: the word, and the place of its function."""
    return {"xlsx": "indicia_workbook.answer_sheets:answer_in_workbook"}
