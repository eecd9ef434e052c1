"""The data of the page: a JSON document of columns, from which the script of the page draws and computes all views."""

from indicia_report.model.page_model import page_model
from indicia_report.model.types import PageModel, page_schema

__all__ = ["PageModel", "page_model", "page_schema"]
