"""Tables in files: reading keeps names as they are written, and writing gives a complete file or none."""

from indicia.data.atomic import check_output_path, checksum, explain_fault, fingerprint, other_form, sealed
from indicia.data.databases import (
    PASSWORD,
    PASSWORD_REMEDY,
    file_of,
    has_password,
    is_database,
    is_server,
    shown,
)
from indicia.data.file_kinds import is_in_partitions, is_table, split_sheet
from indicia.data.layouts import numbers, refuse_figures, rows_differ, sorted_rows, with_figures
from indicia.data.parse import parse_json
from indicia.data.read import load_table, read_table, shape_table
from indicia.data.sample import content_sample, file_sample
from indicia.data.stream import hash_rows, open_appender, repeated_hashes, slices
from indicia.data.table_format import (
    MISSING,
    PLAIN,
    Join,
    LongLayout,
    NumberFormat,
    TableAsRead,
    TableFormat,
    WideLayout,
    flag_column,
)
from indicia.data.write import (
    ENDINGS,
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
    "ENDINGS",
    "FORMATS",
    "MISSING",
    "PASSWORD",
    "PASSWORD_REMEDY",
    "PLAIN",
    "Join",
    "LongLayout",
    "NumberFormat",
    "TableAsRead",
    "TableFormat",
    "WideLayout",
    "check_format",
    "check_output_path",
    "checksum",
    "column_texts",
    "content_sample",
    "escape_formulas",
    "explain_fault",
    "file_of",
    "file_sample",
    "fingerprint",
    "flag_column",
    "format_of",
    "has_password",
    "hash_rows",
    "is_database",
    "is_in_partitions",
    "is_server",
    "is_table",
    "load_table",
    "numbers",
    "open_appender",
    "other_form",
    "parse_json",
    "read_table",
    "refuse_figures",
    "render",
    "repeated_hashes",
    "rows_differ",
    "sealed",
    "shape_table",
    "shown",
    "slices",
    "sorted_rows",
    "split_sheet",
    "with_figures",
    "with_marks",
    "write",
    "write_together",
]
