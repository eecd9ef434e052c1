"""The indices whose workbooks and documents are tested."""

from workbook_fixtures import books, make, numbers, office, opened, reweighted, scored

__all__ = ["books", "make", "numbers", "office", "opened", "reweighted", "scored"]
