"""The base class of analyses."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, fields
from datetime import date  # noqa: TC003 - the annotation is read at run time
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeAlias, get_type_hints

from indicia.analyses.options import About
from indicia.analyses.table import Table, tables_of
from indicia.documents.blocks import Formula, Heading, Items
from indicia.methods.contract import Method

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping

    import polars as pl

    from indicia.analyses.facts import Facts
    from indicia.analyses.table import Grid
    from indicia.notes import Note

Frames: TypeAlias = "Mapping[Table, pl.DataFrame]"
"""The tables of an answer, by their declarations."""
Computed: TypeAlias = "Mapping[Table, pl.DataFrame | Callable[[], pl.DataFrame]]"
"""The tables that an analysis computes; one that is a function is computed when it is asked for."""

METHODS = frozenset(("imputation", "treatment", "normalisation", "weighting", "aggregation"))
"""The options of all commands that choose methods."""
RESERVED = METHODS | frozenset(
    (
        *("analysis", "context", "method", "period", "progress", "table"),  # arguments in Python
        *("source", "config", "setting", "set"),
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

    period: Annotated[
        str | int | float | date | None,
        About("the period of a panel; by default the last", option="at", metavar="PERIOD"),
    ] = field(default=None, kw_only=True)

    heading: ClassVar[str]
    """The question, as readers see it above the answer."""
    reference: ClassVar[str] = ""
    """The publication of the analysis, if there is one."""
    stated: ClassVar[tuple[str, ...]] = ("name", "heading")
    shown_as: ClassVar[str] = ""
    """The word of charts that draw the answer, such as "explanation"; empty if none does."""
    whole: ClassVar[bool] = False
    """True: JSON and workbooks have all tables, and not those of the document alone; no table takes long."""
    section: ClassVar[str] = ""
    """The section of the index file with its options, if it is another than `[analyses.NAME]`."""
    varies_methods: ClassVar[bool] = False
    """True: its options `imputation` to `aggregation` list methods that vary, in place of those of the index."""
    answer: ClassVar[str] = "indicia.answers.answer:Answer"
    """The place of the class of its answers."""
    formats: ClassVar[Mapping[str, str]] = {}
    """The words of `--format` of its answers alone, each with the place of the writer: see `indicia_writers`."""
    joined: ClassVar[tuple[type[Analysis], ...]] = ()
    """The analyses whose tables its answers have too."""

    @classmethod
    def class_problem(cls) -> str | None:
        """Return the reason why the class cannot be used, as a clause after its name; None if it can."""
        if not cls.tables():
            return "which has no Table"
        classes = cls.__mro__[: cls.__mro__.index(Analysis)]
        options = [name for each in classes for name in vars(each).get("__annotations__", ())]
        if reserved := (RESERVED - METHODS if cls.varies_methods else RESERVED).intersection(options):
            return f"whose option {min(reserved)} has the name of an argument or option of all analyses"
        return "which has no compute(self, facts)" if cls.compute is Analysis.compute else None

    @classmethod
    def tables(cls) -> dict[str, Table]:
        """Return the declared tables by name, then those of `joined`; the first one is the main table.

        Returns
        -------
        dict of str to Table
            The tables.
        """
        of_others = (analysis.tables().items() for analysis in cls.joined)
        return {**tables_of(cls), **{name: table for tables in of_others for name, table in tables}}

    @classmethod
    def annotations_of_options(cls) -> dict[str, Any]:
        """Return the annotation of each option, with its notes.

        Returns
        -------
        dict of str to type
            The annotations by the name of the option.
        """
        names, found = [option.name for option in fields(cls)], dict[str, Any]()
        for owner in reversed(cls.__mro__):
            own = {name: kind for name, kind in vars(owner).get("__annotations__", {}).items() if name in names}
            holder = type(owner.__name__, (), {"__annotations__": own})  # the other names of the class stay unread
            found |= get_type_hints(holder, vars(sys.modules[owner.__module__]), include_extras=True)
        return {name: found[name] for name in names}

    def check(self, facts: Facts) -> None:
        """Refuse options that the index does not know, before its data are read.

        Parameters
        ----------
        facts : Facts
            The facts that `compute` gets; `facts[Asked()].index` is the index.

        Raises
        ------
        IndiciaError
            If an option names what the index does not have; by default nothing is refused.
        """

    def compute(self, facts: Facts) -> Computed:
        """Return a frame for each declared table, or a function that returns it when it is asked for.

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

    def sentences(self, frames: Frames) -> Iterator[Note | str]:
        """Yield sentences on the answer, the most important first.

        Parameters
        ----------
        frames : mapping of Table to polars.DataFrame
            The frames that `compute` returned.

        Yields
        ------
        Sentence or Note
            Sentences, in which keys of units and parts are slots; translations stand in `messages/LANGUAGE.toml`.
        """
        del frames  # the base class says nothing
        yield from ()

    def names_in_columns(self, facts: Facts) -> Mapping[str, Container[str]]:
        """Return the names that columns of families can have, by the place in the name, besides those of the index.

        Parameters
        ----------
        facts : Facts
            The facts that `compute` had.

        Returns
        -------
        mapping of str to container of str
            The names; by default no others.
        """
        del facts  # the names of the index suffice
        return {}

    def alarms(self, facts: Facts) -> Iterable[Note]:
        """Return a sentence for each rule of the options that holds, for which a command exits with 1.

        Parameters
        ----------
        facts : Facts
            The facts that `compute` had.

        Returns
        -------
        iterable of Note
            The sentences; by default there are no rules.
        """
        del facts  # the base class has no rules
        return ()

    def record(self, facts: Facts) -> Mapping[str, Any]:
        """Return what the manifest has of the question, by default the options.

        Parameters
        ----------
        facts : Facts
            The facts that `compute` had.

        Returns
        -------
        mapping of str to object
            Words, with values that JSON can hold.
        """
        del facts  # the options say all
        options = {name: list(it) if isinstance(it, tuple) else it for name, it in self.parameters.items()}
        del options["period"]  # stated once
        return {"options": options}

    def document(self, facts: Facts, frames: Frames) -> Iterator[Heading | Items | Formula | Table | Grid | Note | str]:
        """Yield what readers see of the answer, in order: by default question, sentences, formula, and all tables.

        Parameters
        ----------
        facts : Facts
            The facts that `compute` had.
        frames : mapping of Table to polars.DataFrame
            The frames that `compute` returned; those of tables that are not yielded need no computation.

        Yields
        ------
        Heading, Sentence, Note, Items of sentences, Formula, Table or Grid
            The blocks.
        """
        del facts  # the sentences are read from the tables
        yield Heading(self.heading)
        yield from self.sentences(frames)
        if self.formula:
            yield Formula(self.formula_of_run)
        yield from type(self).tables().values()

    def annex(self, facts: Facts, frames: Frames) -> Iterator[Heading | Items | Formula | Table | Note | str]:
        """Yield what files have below the document of a screen, such as the tables behind it; by default nothing.

        Parameters
        ----------
        facts : Facts
            The facts that `compute` had.
        frames : mapping of Table to polars.DataFrame
            The frames that `compute` returned.

        Yields
        ------
        Heading, Sentence, Note, Items of sentences, Formula or Table
            The blocks.
        """
        del facts, frames  # the document of the base class has all tables
        yield from ()
