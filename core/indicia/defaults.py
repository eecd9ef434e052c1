"""The words of plugins in the core: methods where the user names none, formats that commands write, codes of checks.

No other module of the core names a method, a check, a section, a chart or an exporter.
"""

from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning", "information"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "information")
"""The severities of the findings of checks, the gravest first."""
ALL_INDICATORS = "all indicators"
"""The name of the group of all indicators in an index with dimensions."""

NORMALISATION = "min_max"
WEIGHTING = "given"
AGGREGATION = "arithmetic"
AGREEMENT = "kendall"
CONSENSUS = "borda"
RANDOM_IMPUTATION = "chained"
"""For several imputations of a table."""

DRAFT_WEIGHTING = "equal"
"""The weighting of a new index file: it depends neither on the data nor on weights of the file."""
ALL_PAIRS_AGREEMENT = "spearman"
"""The agreement in tables of many rankings or units: it needs little more time than sorting the units."""
JOINT_AGREEMENT = "kendall_w"
"""The agreement of any number of rankings."""
RELEVANCE_AGREEMENTS = ("spearman", "weighted_spearman")
"""The agreements of the rankings with and without an indicator."""
POSITIVE_NORMALISATION = "min_max(lower=1, upper=100)"
"""For methods that take positive values only."""
CLIPPED_NORMALISATION = "min_max(lower=1, upper=100, clip=both)"
"""The same normalisation, also positive for values beyond the bounds."""
ORDINAL_AGGREGATION = "copeland"
"""For ranks: it does not depend on distances between values."""
PARTITION_WEIGHTING = "entropy"
"""For a table in partitions, in place of a weighting that needs all rows at once."""
PARTITION_CORRELATION_WEIGHTING = "critic"
"""The same, of correlations."""

PAGE_FORMAT = "page"
"""The format that `indicia report` and `indicia serve` write, and that a pack holds."""
PAGES_OF_UNITS_FORMAT = "unit_pages"
"""The format of `indicia report --units`."""
GALLERY_FORMAT = "gallery"
"""The format of `indicia report --gallery`."""
PAPER_TABLE_FORMAT = "latex"
"""The format of a table with rules for a paper."""
RECORD_FORMATS = ("json", "html")
"""The formats of results that a pack holds: the first for programs, the second for readers."""

CODES_OF_WEIGHTS = ("W", "S", "C03")
"""The beginnings of the codes of checks whose findings another weight may answer."""
CODE_OF_IMPORTANCE = "W03"
"""The check of weights that differ from the importance of a part."""
CODE_OF_NUMBERS = "S03"
"""The check of weights that do not follow the numbers of indicators."""
CODE_OF_DIRECTIONS = "D16"
"""The check of directions that names or values contradict."""
CODE_OF_COLUMNS = "D17"
"""The check of columns that are no indicators."""
EXAMPLE_CODES = ("D05", "D13")
"""The codes in examples of help and errors."""
