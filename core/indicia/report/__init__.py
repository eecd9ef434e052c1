"""What people look at: the report as one page, and charts."""

from indicia.report.page import page, report

__all__ = ["page", "report"]
