"""The page of all tables: `PYTHONPATH=docs/site python -m indicia_site.table_reference > docs/columns.md`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from indicia.analyses import tables_of
from indicia.catalogue.analysis_reference import lines_of_table
from indicia.result.declared import ResultTables
from indicia_after_score.audit import Audit
from indicia_after_score.compare import Compare
from indicia_after_score.diff import Diff
from indicia_after_score.robustness import Robustness
from indicia_audit.inspection.declared import InspectionTables
from indicia_bundle.replaying import ReplayTables
from indicia_editions.declared import RecastTables
from indicia_partitions.declared import PartitionsInspectionTables
from indicia_statistics.analysis.declared import DrawnTables

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = """\
# Tables and columns

<!-- Written by `python -m indicia_site.table_reference > docs/columns.md`: change the declarations of the tables. -->

The tables of all outcomes: `frame(NAME)` in Python, and `--show NAME` on the command line. Those of
[analyses](analyses.md) are on their page, also those of coherence and importance in an audit. Tests compare each table
with its declaration.

The kind of a column tells its unit: a *share* is a number from 0 to 1, a *count* a whole number; *ranks* and *places*
count from the first unit down, and a *shift* is a change of rank, below 0 if the unit rises. *Scores* and *changes* are
on the scale of the index. A column with "raw values" has values before normalisation, which an index can withhold.

A name in braces is a family of columns: `{unit}`, `{period}`, `{label}` and `{group}` are the columns of the data,
under the names that they have there; `{indicator}`, `{dimension}`, `{part}` (both), `{node}` (the dimensions and
`index`) and `{member}` (a unit) have a column for each; `{rank}`, `{k}` and `{number}` stand for numbers.
"""

OUTCOMES: dict[str, type] = {
    "Data: `index.check`, `indicia check`": InspectionTables,
    "Data in partitions: `index.check_partitions`, `indicia check`": PartitionsInspectionTables,
    "Result: `index.score`, `indicia run`": ResultTables,
    "Comparison: `index.compare`, `indicia compare`": Compare,
    "Robustness: `index.robustness`, `indicia robustness`": Robustness,
    "Audit: `index.audit`, `indicia audit`": Audit,
    "Difference of editions: `indicia.diff`, `indicia diff`": Diff,
    "Recast series: `indicia.recast`, `indicia recast`": RecastTables,
    "Replay: `indicia.replay`, `indicia replay`": ReplayTables,
    "Draws of other programs: `indicia.analysis.drawn_ranks`, `indicia robustness --given`": DrawnTables,
}
"""The declarations of each outcome, by its heading."""


def table_reference() -> str:
    """Return the page."""
    return "\n".join([_HEAD, *_sections()])


def _sections() -> Iterator[str]:
    for heading, holder in OUTCOMES.items():
        yield from (f"## {heading}", "")
        for table in tables_of(holder).values():
            yield from lines_of_table(table)


if __name__ == "__main__":
    sys.stdout.write(table_reference())
