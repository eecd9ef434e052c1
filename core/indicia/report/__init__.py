"""The presentation of results: the report as one page, and charts."""

from indicia.report.page import findings, page, page_of, report

__all__ = ["findings", "page", "page_of", "report"]
