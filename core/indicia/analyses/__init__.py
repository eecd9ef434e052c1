'''The contract of analyses: questions to an index that plugins answer with tables and sentences.

An analysis is a frozen dataclass, like a method. Its fields are its options, and its `Table` attributes declare the
tables of its answer. The command, the section of the index file, all formats and the page of the documentation derive
from the class:

    from dataclasses import dataclass

    from indicia.analyses import Analysis, Column, Facts, Kind, Table
    from indicia.answers.needs import Scores


    @dataclass(frozen=True)
    class Gaps(Analysis):
        """The distance of each unit to the first one."""

        name = "gaps"
        heading = "How far is each unit from the first?"

        gaps = Table(
            "Distance to the first unit",
            Column("unit", Kind.UNIT, "the unit"),
            Column("gap", Kind.CHANGE, "its score minus that of the first unit"),
            order="The smallest distance first.",
        )

        def compute(self, facts: Facts) -> Frames:
            result = facts[Scores()]
            ...
            return {self.gaps: self.gaps.frame(rows)}

`docs/writing-an-analysis.md` has a complete example.
'''

from indicia.analyses.analysis import Analysis, Computed, Frames
from indicia.analyses.facts import Facts, Need
from indicia.analyses.options import About, Part
from indicia.analyses.table import IN_DATA, IN_INDEX, Column, Grid, Kind, Table, columns_of, tables_of
from indicia.documents.blocks import Formula, Heading, Items

__all__ = [
    "IN_DATA",
    "IN_INDEX",
    "About",
    "Analysis",
    "Column",
    "Computed",
    "Facts",
    "Formula",
    "Frames",
    "Grid",
    "Heading",
    "Items",
    "Kind",
    "Need",
    "Part",
    "Table",
    "columns_of",
    "tables_of",
]
