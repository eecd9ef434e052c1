"""The checks of an index, as methods of an index."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self, cast

from indicia.arguments import names_its_arguments
from indicia.definition import STAGES
from indicia.errors import IndiciaError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from indicia.definition import Use
    from indicia.scorable import Scorable
    from indicia.types import TableLike
    from indicia_audit.inspection import Inspection, Sources
    from indicia_audit.inspection.chosen_checks import CheckSettings

    class AuditableIndex(Scorable, Protocol):
        """An index with its variants."""

        @property
        def chosen(self) -> str | None:
            """The variant that is scored."""

        @property
        def uses(self) -> tuple[Use, ...]:
            """The columns that methods use beside the indicators."""

        @property
        def files_outside(self) -> tuple[str, ...]:
            """The files of the index that are outside its folder."""

        def refused_variants(self) -> Iterator[IndiciaError]:
            """Yield the error about each variant whose words are wrong."""

        def variant(self, name: str | None) -> Self:
            """Return one of the variants."""

        def inspect_frame(
            self, frame: pl.DataFrame, table: TableLike | None = None, *, look: bool = True
        ) -> Inspection:
            """Prepare the facts about the data; let checks look at them if `look` is true."""

else:
    # the properties of the protocol would hide the attributes of the index
    AuditableIndex = object


def inspected(index: Scorable, frame: pl.DataFrame, table: TableLike | None) -> Inspection:
    """Return the facts about the data of an index, at which no check has looked."""
    return cast("AuditableIndex", index).inspect_frame(frame, table, look=False)


class Auditable(AuditableIndex):
    """An index that is checked; each method imports the room that answers, since scoring needs none."""

    @names_its_arguments
    def check(self, table: TableLike | None = None) -> Inspection:
        """Inspect the definition and the data without scoring: facts by indicator and unit, and findings of checks.

        Parameters
        ----------
        table : path, frame, dict or "-", optional
            The data; by default the table of the index file.

        Returns
        -------
        Inspection
            The tables `indicators`, `units`, `periods` and `findings`.

        Raises
        ------
        IndiciaError
            If the definition is wrong, or the table cannot be read.

        Examples
        --------
        >>> import indicia
        >>> index = indicia.read({"data": {"unit": "city"}, "indicators": {"income": {}, "co2": {"direction": "cost"}}})
        >>> table = {"city": ["Lima", "Oslo", "Pune"], "income": [3.0, 9.0, 1.0], "co2": [2.0, 7.0, 2.5]}
        >>> index.check(table).frame("indicators")["indicator"].to_list()
        ['income', 'co2']
        """
        return self.inspect_frame(self.read_table(table), table)

    @names_its_arguments
    def inspect_frame(self, frame: pl.DataFrame, table: TableLike | None = None, *, look: bool = True) -> Inspection:
        """Inspect a frame that `read_table` returned.

        Parameters
        ----------
        frame : polars.DataFrame
            The data.
        table : path or frame, optional
            The source of the data, which is named for readers; by default the table of the index file.
        look : bool, default True
            False to prepare the facts without letting any check look at them.

        Returns
        -------
        Inspection
            The facts and findings.
        """
        from indicia_audit.inspection import inspect  # imported here, since scoring does not need it

        with self.origin.located():
            return inspect(
                self.definition,
                self.tree,
                frame,
                self.catalogue.with_checks(),
                self.origin,
                sources=sources_of(self, table),
                inputs=self.inputs(frame),
                complete=_complete_table(self, table),
                columns_of_methods=columns_of_methods(self),
                refused_variants=tuple(self.refused_variants()),
                look=look,
                profile=settings_of_checks(self) if look else None,
            )


def sources_of(index: AuditableIndex, table: object) -> Sources:
    """Return the names of the files that an inspection looks at."""
    from indicia_audit.inspection import Sources  # imported here, since scoring does not need it

    data = index.definition.data
    first = [str(table)] if isinstance(table, str | Path) else [data.path] if table is None and data.path else []
    return Sources(
        _for_readers(index.origin.named_file) if index.origin.named_file else None,
        (*first, *(join.path for join in data.joins)),
        index.files_outside,
    )


def settings_of_checks(index: AuditableIndex) -> CheckSettings | None:
    """Return the settings of checks of the profile that the index file names; None if it names none."""
    if index.definition.audit.profile is None:
        return None
    from indicia_audit.profile import read_profile  # imported here, since few index files name a profile

    return read_profile(None, index.definition, index.origin).check_settings


def columns_of_methods(index: AuditableIndex) -> set[str]:
    """Return the columns that methods of the index, its variants and `[robustness]` use beside the indicators."""
    variants = () if index.chosen else index.definition.variants
    columns = {use.column.name for each in (index, *map(index.variant, variants)) for use in each.uses}
    for stage in STAGES:
        for choice in getattr(index.definition.robustness, stage):
            with suppress(IndiciaError):  # an analysis of robustness raises the error
                columns |= set(index.catalogue.choose(stage, choice, index.origin.folder).used_names)
    return columns


def _complete_table(index: AuditableIndex, table: object) -> pl.DataFrame | None:
    """Return the table with the rows that `[data] without` leaves out; None if it leaves out none."""
    if not index.definition.data.without or not (table is None or isinstance(table, str | Path)):
        return None
    with suppress(IndiciaError):  # a row that is no unit may have text in a column of numbers
        return index.with_options(settings={"data.without": []}).read_table(table)
    return None


def _for_readers(path: Path) -> str:
    """Return a path relative to the working directory, if it is below it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
