"""One page for each unit, and a page that links them."""

from indicia_report.units.folder import UnitPages

__all__ = ["UnitPages"]
