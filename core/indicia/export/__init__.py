"""The exports of a result: a workbook with formulas, a JSON document, a long table, tables for papers."""

from indicia.export.book import workbook
from indicia.export.document import Document, document, document_schema
from indicia.export.form import ENDINGS, export, exported
from indicia.export.long import long_table

__all__ = ["ENDINGS", "Document", "document", "document_schema", "export", "exported", "long_table", "workbook"]
