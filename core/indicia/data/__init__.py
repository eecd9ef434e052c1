"""Tables: read them with exact names and honest gaps, write them whole or not at all."""

from indicia.data.distinct import rows_differ
from indicia.data.figures import with_figures
from indicia.data.file_kinds import is_table
from indicia.data.fingerprints import fingerprint, former_fingerprint
from indicia.data.latex import LatexTable, latex, slug
from indicia.data.order import sorted_rows
from indicia.data.parse import parsed_json
from indicia.data.place import check_place
from indicia.data.read import MISSING, read_table
from indicia.data.stream import appending, hashed, repeated, slices
from indicia.data.write import (
    FORMATS,
    check_format,
    column_texts,
    escape_formulas,
    format_of,
    render,
    with_marks,
    write,
    write_together,
)

__all__ = [
    "FORMATS",
    "MISSING",
    "LatexTable",
    "appending",
    "check_format",
    "check_place",
    "column_texts",
    "escape_formulas",
    "fingerprint",
    "format_of",
    "former_fingerprint",
    "hashed",
    "is_table",
    "latex",
    "parsed_json",
    "read_table",
    "render",
    "repeated",
    "rows_differ",
    "slices",
    "slug",
    "sorted_rows",
    "with_figures",
    "with_marks",
    "write",
    "write_together",
]
