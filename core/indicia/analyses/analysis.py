"""The base class of analyses."""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, get_type_hints

from indicia.analyses.table import Table, tables_of
from indicia.methods import Method

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import polars as pl

    from indicia.analyses.facts import Facts
    from indicia.messages.sentence import Sentence

Frames: TypeAlias = "Mapping[Table, pl.DataFrame]"
"""The tables of an answer, by their declarations."""

Part = "the key of an indicator, a dimension or the index"
"""A note for `Annotated`: the option names parts of the index, and other names are refused."""

RESERVED = frozenset(
    (
        *("analysis", "method", "period", "progress", "table"),  # arguments in Python
        *("source", "config", "imputation", "treatment", "normalisation", "weighting", "aggregation", "setting", "set"),
        *("variant", "unit", "label", "group", "indicator", "cost", "vocabulary", "encoding", "at", "show", "format"),
        *("output", "escape", "escape_formulas", "lang", "expect", "plugin", "no_plugins", "only_plugins"),
        *("allow_code", "help"),  # options of every command
    )
)
"""The names of arguments and options of all analyses, which no option of a class may have."""


@dataclass(frozen=True)
class Analysis(Method):
    """A question to an index, and its answer in tables and sentences; the fields are the options.

    Notes
    -----
    The name is the word of `indicia analyse`, and of `[analyses.NAME]` in the index file. The docstring says what the
    tables contain; its first sentence stands in lists.
    """

    heading: ClassVar[str]
    """The question, as readers see it above the answer."""
    reference: ClassVar[str] = ""
    """The publication of the analysis, if there is one."""
    stated: ClassVar[tuple[str, ...]] = ("name", "heading")

    @classmethod
    def class_problem(cls) -> str | None:
        """Return the reason why the class cannot be used, as a clause after its name; None if it can."""
        if not cls.tables():
            return "which has no Table"
        if reserved := RESERVED & cls.__dataclass_fields__.keys():
            return f"whose option {min(reserved)} has the name of an argument or option of all analyses"
        return "which has no compute(self, facts)" if cls.compute is Analysis.compute else None

    @classmethod
    def tables(cls) -> dict[str, Table]:
        """Return the declared tables by name; the first one is the main table.

        Returns
        -------
        dict of str to Table
            The tables.
        """
        return tables_of(cls)

    @classmethod
    def annotations_of_options(cls) -> dict[str, Any]:
        """Return the annotation of each option, with its notes.

        Returns
        -------
        dict of str to type
            The annotations by the name of the option.
        """
        options = {option.name: option.type for option in fields(cls)}
        holder = type(cls.__name__, (), {"__annotations__": options})  # the other names of the class stay unread
        return get_type_hints(holder, vars(sys.modules[cls.__module__]), include_extras=True)

    def compute(self, facts: Facts) -> Frames:
        """Return a frame for each declared table.

        Parameters
        ----------
        facts : Facts
            The facts about the index: `facts[Scores()]`.

        Returns
        -------
        mapping of Table to polars.DataFrame
            The frames, with the declared columns in their order; ties are broken by names, never by rows of the data.

        Raises
        ------
        IndiciaError, ValueError
            If the question has no answer for this index.
        """
        raise NotImplementedError

    def sentences(self, frames: Frames) -> Iterator[Sentence]:
        """Yield sentences on the answer, the most important first.

        Parameters
        ----------
        frames : mapping of Table to polars.DataFrame
            The frames that `compute` returned.

        Yields
        ------
        Sentence
            Sentences, in which keys of units and parts are slots; translations stand in `messages/LANGUAGE.toml`.
        """
        del frames  # the base class says nothing
        yield from ()
