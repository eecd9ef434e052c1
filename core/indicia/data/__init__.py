"""Tables: read them with exact names and honest gaps, write them whole or not at all."""

from indicia.data.figures import with_figures
from indicia.data.read import MISSING, fingerprint, read_table
from indicia.data.stream import appending, hashed, repeated, slices
from indicia.data.write import FORMATS, check_format, check_place, format_of, render, write

__all__ = [
    "FORMATS",
    "MISSING",
    "appending",
    "check_format",
    "check_place",
    "fingerprint",
    "format_of",
    "hashed",
    "read_table",
    "render",
    "repeated",
    "slices",
    "with_figures",
    "write",
]
