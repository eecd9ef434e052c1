"""The rules of recognition by name, for the documentation."""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """A rule of recognition: a fact about a table, and what follows from it."""

    name: str
    part: str
    """The part of a table: file, sheet, database, numbers, layout, join, metadata, column, row or value."""
    meaning: str
    """The fact and its effect in one sentence."""


RULES = (
    Rule("encoding", "file", "The bytes of a text file tell its encoding."),
    Rule("separator", "file", "The fields of all rows tell the separator of a text file."),
    Rule("preamble", "file", "Rows before the header, a title or a source, are skipped."),
    Rule("header_rows", "file", "The header has several rows, and the cells of a column are joined to one name."),
    Rule("no_header", "file", "The first row has numbers in place of names: a question."),
    Rule("row_names", "file", "The header leaves out the name of the first column, as R does."),
    Rule("footer", "file", "Rows below the table, such as notes and sources, are no units."),
    Rule("joined_keys", "file", "A column of Eurostat joins keys, such as unit,geo\\time: each key becomes a column."),
    Rule("named_index", "file", "The first column is called index and has names: it is read under another name."),
    Rule("sheet", "sheet", "The sheet with the most numbers is read, and the others are named."),
    Rule("similar_sheets", "sheet", "Several sheets have a similar size, and one is read: a question."),
    Rule("hidden_rows", "sheet", "Hidden rows of a sheet are left out; rows that a filter hides are a question."),
    Rule("hidden_columns", "sheet", "Hidden columns of a sheet are left out."),
    Rule("beside_table", "sheet", "Cells beside the table, such as notes, are left out; a second table is a question."),
    Rule("excel_errors", "sheet", "Errors of Excel, such as #DIV/0!, are read as missing: a question."),
    Rule("merged_numbers", "sheet", "A number in merged cells counts for each of their rows: a question."),
    Rule("percent_format", "sheet", "A column is a percentage by its name, and its cells are shares: a question."),
    Rule("database_table", "database", "The table with the most numbers is read, and the others are named."),
    Rule("similar_tables", "database", "Several tables have a similar number of values, and one is read: a question."),
    Rule("repeated_header", "row", "A row repeats the names of the columns: it is left out."),
    Rule("decimal_mark", "numbers", "Numbers have a decimal comma."),
    Rule("thousands", "numbers", "Numbers have separators of thousands."),
    Rule("ambiguous_mark", "numbers", "A mark may be a decimal mark or a separator of thousands: a question."),
    Rule("percent", "numbers", "Numbers have percent signs, which are dropped: 28.7 % is 28.7."),
    Rule("unit_marks", "numbers", "Numbers have currencies or units of measure, which are dropped."),
    Rule("magnitudes", "numbers", "Numbers have words such as bn or 亿, which multiply them."),
    Rule("unit_or_magnitude", "numbers", "A word after numbers may be a unit or a magnitude: a question."),
    Rule("footnotes", "numbers", "Numbers have marks of footnotes, which are dropped."),
    Rule("flags", "numbers", "Numbers have status flags, which are dropped: 12.3 p is 12.3."),
    Rule("brackets", "numbers", "A number in brackets is read as negative: a question."),
    Rule("odd_characters", "numbers", "Numbers have signs or digits in another form of Unicode."),
    Rule("missing_marks", "numbers", "Marks such as .. or n.a. are read as missing."),
    Rule("years_as_columns", "layout", "The columns are years: they become a column of periods."),
    Rule("years_in_columns", "layout", "The columns are indicators by year: they become a column for each indicator."),
    Rule(
        "years_in_names", "layout", "Names of columns have years, and the columns are read as indicators: a question."
    ),
    Rule("years_alone", "layout", "A year has values of one indicator only: a question."),
    Rule("long_table", "layout", "A table has a row for each unit and indicator: it is pivoted."),
    Rule("beside_long_table", "layout", "A column of a long table is neither key nor value: it is left out."),
    Rule("rows_are_indicators", "layout", "The rows are indicators, and the columns may be units: a question."),
    Rule("multiplier", "layout", "A column of a long table multiplies the values by powers of ten, as UNIT_MULT does."),
    Rule("join", "join", "Columns of two tables match: the tables are joined."),
    Rule("join_same_column", "join", "Both tables have a column of one name: that of the joined table is left out."),
    Rule("join_other_period", "join", "The joined table has a period, and the first has none: a question."),
    Rule("join_without_partner", "join", "Units of the first table are absent in the joined one: a question."),
    Rule("join_unused_rows", "join", "Units of the joined table are absent in the first: they are left out."),
    Rule("metadata", "metadata", "A further table describes the indicators: names, directions, weights, dimensions."),
    Rule("metadata_not_used", "metadata", "A column of the description has no word of the index file: it is left out."),
    Rule("left_out_by_metadata", "metadata", "The description says that columns are no indicators: they are left out."),
    Rule("described_but_absent", "metadata", "The description has an indicator that the table lacks: a question."),
    Rule(
        "direction_in_metadata", "metadata", "The direction of an indicator in the description is unclear: a question."
    ),
    Rule(
        "weights_of_dimensions", "metadata", "The description has weights of dimensions: they are used, or a question."
    ),
    Rule("columns_of_coinr", "metadata", "The unit, the label and the period have the names of COINr's iData."),
    Rule("divided", "metadata", "The description names the denominators of indicators: the values are divided."),
    Rule(
        "row_number", "column", "A column numbers the rows (`Unnamed: 0`, `rownames`, `序号`, 1 to n): it is left out."
    ),
    Rule(
        "code", "column", "Whole numbers or digits are codes by their name, or part of a code: the column is left out."
    ),
    Rule("rank", "column", "A column is a rank by its name: it is left out, except in a table of ranks."),
    Rule("year", "column", "A column of years is a fact of each unit and no period: it is left out."),
    Rule("date", "column", "A column holds dates and is no period: it is left out."),
    Rule("coordinate", "column", "A column holds coordinates on the map: it is left out."),
    Rule("group_code", "column", "A few whole numbers with the name of a category are a group, not an indicator."),
    Rule("flag", "column", "A column holds a status or a flag: it is left out."),
    Rule("note", "column", "A column holds notes, sources or prose: it is left out."),
    Rule("single_period", "column", "A column of periods has a single period."),
    Rule("text", "column", "A column of text names neither the units nor groups: it is left out."),
    Rule(
        "text_among_numbers", "column", "A column of numbers has cells that are none: it is left out, with an example."
    ),
    Rule("true_or_false", "column", "A column holds true and false: it is left out."),
    Rule("no_name", "column", "A column has no name and does not number the rows: it is left out."),
    Rule("empty", "column", "A column has no cells: it is left out."),
    Rule(
        "constant", "column", "All values of a column are equal, but for rounding noise: it is left out or a question."
    ),
    Rule(
        "duplicate_column", "column", "A column repeats the values of another: it is left out, as it would count twice."
    ),
    Rule("proportional", "column", "A column is a multiple of another in all rows: a question."),
    Rule("total_column", "column", "A column is a total by its name, and the sum or mean of others: it is left out."),
    Rule("total_row", "row", "A row is a total, an aggregate or a statistic by its name, its values or its place."),
    Rule("note_row", "row", "A row without values holds a note or a source: it is left out."),
    Rule("row_without_values", "row", "A row has an ordinary name and no values: a question."),
    Rule("row_without_name", "row", "A row has values and no name: a question."),
    Rule(
        "sentinel", "value", "A number such as -999 stands for a missing value: it is read as missing, or a question."
    ),
    Rule("negative", "value", "A quantity that cannot be negative has a negative value: a question."),
    Rule("share_above_100", "value", "A share has a value above 100 %: a question."),
    Rule("outlying_value", "value", "A single value is about 10, 100 or 1000 times off all others: a question."),
    Rule(
        "mixed_scale", "value", "A column has two groups of values, one about 100 or 1000 times the other: a question."
    ),
    Rule(
        "scale_of_period", "value", "The values of all units change by the same power of ten in a period: a question."
    ),
    Rule("nearly_constant", "value", "A column has one value in nearly all rows: a question."),
    Rule("units_alike", "row", "Names of units differ only in blanks, case, accents, punctuation or Unicode form."),
    Rule("renamed_unit", "row", "A unit ends in the period before a similar one begins: a question."),
    Rule("missing_period", "row", "A year is missing in a regular series of years: a question."),
)
"""All rules, in the order in which a table is read."""
