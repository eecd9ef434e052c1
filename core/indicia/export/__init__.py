"""A result in other forms: a workbook that computes, one JSON document, one long table."""

from indicia.export.book import workbook
from indicia.export.document import Document, document, document_schema
from indicia.export.form import ENDINGS, export, exported
from indicia.export.long import long_table

__all__ = ["ENDINGS", "Document", "document", "document_schema", "export", "exported", "long_table", "workbook"]
