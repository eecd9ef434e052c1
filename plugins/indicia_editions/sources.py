"""The data, periods and columns of two editions: options of `indicia diff`, and arguments of `indicia.diff`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from indicia.analyses.options import About
from indicia.arguments import names_its_arguments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.types import Period, TableLike


@dataclass(frozen=True, kw_only=True)
class ScoreColumns:
    """The columns of a table of scores; those that are None are recognised by name."""

    unit: Annotated[str | None, About("table of scores: the column of the units")] = None
    score: Annotated[str | None, About("table of scores: the column of the scores")] = None
    rank: Annotated[str | None, About("table of scores: the column of the ranks")] = None
    period: Annotated[str | None, About("table of scores: the column of the periods of a panel")] = None


@dataclass(frozen=True, kw_only=True)
class Sources(ScoreColumns):
    """The data, the periods and the names of the units of two editions."""

    old_table: Annotated[TableLike | None, About("the data of OLD; a fitted index needs them", metavar="TABLE")] = None
    new_table: Annotated[TableLike | None, About("the data of NEW; a fitted index needs them", metavar="TABLE")] = None
    start: Annotated[
        Period | None, About("the period of OLD in a panel; by default its last", option="from", metavar="PERIOD")
    ] = None
    end: Annotated[
        Period | None, About("the period of NEW in a panel; by default its last", option="to", metavar="PERIOD")
    ] = None
    renamed: Annotated[
        Mapping[str, str] | None, About("a unit that has another name in OLD", option="rename", metavar="OLD=NEW")
    ] = None


Sources.__init__ = names_its_arguments(Sources.__init__)  # type: ignore[method-assign]
