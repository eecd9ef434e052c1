"""The questions that users ask of an index: checks, comparisons, analyses and audits."""

from __future__ import annotations

from abc import ABC, abstractmethod
from inspect import getattr_static
from typing import TYPE_CHECKING, Any, Self

from indicia.arguments import names_its_arguments
from indicia.asking import Asked
from indicia.definition import files_outside
from indicia.errors import DefinitionError, IndiciaError
from indicia.packages import offered
from indicia.result import Inputs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import polars as pl

    from indicia.catalogue import Catalogue
    from indicia.citations import Citation
    from indicia.definition import Definition, Node, Origin, Use
    from indicia.result import Result
    from indicia.types import (
        AggregationChoice,
        ImputationChoice,
        NormalisationChoice,
        Settings,
        TableLike,
        TreatmentChoice,
        WeightingChoice,
    )


class _Lent:
    """A method of an index that a package has; the package is imported when the method is asked for."""

    def __init__(self, owner: str) -> None:
        self._owner = owner

    def __set_name__(self, index: type, name: str) -> None:
        self._name = name

    @property
    def __func__(self) -> Any:
        return getattr_static(offered(self._owner), self._name)

    def __get__(self, index: object, owner: type) -> Any:
        return self.__func__.__get__(index, owner)


if TYPE_CHECKING:
    from indicia.asking import Auditable, Partitionable

    class _OfPackages(Auditable, Partitionable): ...

else:

    class _OfPackages:
        check = _Lent("Auditable")
        inspect_frame = _Lent("Auditable")
        check_partitions = _Lent("Partitionable")
        check_partitions_by = _Lent("Partitionable")
        compare_partitions = _Lent("Partitionable")
        score_partitions = _Lent("Partitionable")


class Questions(Asked, _OfPackages, ABC):
    """An index that answers questions; each method imports the room that answers, since scoring needs none."""

    raw: Mapping[str, Any]
    catalogue: Catalogue
    origin: Origin
    chosen: str | None

    @property
    @abstractmethod
    def definition(self) -> Definition:
        """The definition, after all checks."""

    @property
    @abstractmethod
    def tree(self) -> Node:
        """The tree of dimensions and indicators, with a method at every node."""

    @property
    @abstractmethod
    def uses(self) -> tuple[Use, ...]:
        """The columns that methods of the index use beside the indicators; none if its methods cannot be combined."""

    @abstractmethod
    def read_table(self, table: TableLike | None = None, *, texts: Iterable[str] = ()) -> pl.DataFrame:
        """Read the data of the index: names of units as text, indicators as numbers.

        Parameters
        ----------
        table : path, frame, dict or "-", optional
            The data; by default the table of the index file.
        texts : iterable of str, optional
            Further columns that stay text; by default none.

        Returns
        -------
        polars.DataFrame
            The rows of the table, with the columns of the index.
        """

    @abstractmethod
    def score_frame(self, frame: pl.DataFrame) -> Result:
        """Score and rank the units of a frame that `read_table` returned.

        Parameters
        ----------
        frame : polars.DataFrame
            The data, as `read_table` returns them.

        Returns
        -------
        Result
            Scores, ranks, weights and all that led to them.
        """

    @abstractmethod
    def inputs(self, frame: pl.DataFrame) -> Inputs:
        """Return the inputs of a result: the index, its methods, and a frame that `read_table` returned.

        Parameters
        ----------
        frame : polars.DataFrame
            The data, as `read_table` returns them.

        Returns
        -------
        Inputs
            The inputs, of which a manifest is written.
        """

    @abstractmethod
    def variant(self, name: str | None) -> Self:
        """Return one of the variants of the index; for None, the index without any variant.

        Parameters
        ----------
        name : str or None
            The name of a variant in `[variants]`; None for the index without any variant.

        Returns
        -------
        Index or FittedIndex
            The index with the words of the variant.
        """

    @abstractmethod
    def with_options(
        self,
        *,
        settings: Settings | None = None,
        imputation: ImputationChoice | None = None,
        treatment: TreatmentChoice | None = None,
        normalisation: NormalisationChoice | None = None,
        weighting: WeightingChoice | None = None,
        aggregation: AggregationChoice | None = None,
    ) -> Self:
        """Return the index with other methods, by stage, or other settings, by dotted path.

        Parameters
        ----------
        settings : mapping, optional
            Words of an index file by dotted path; by default none changes.
        imputation, treatment, normalisation, weighting, aggregation : str, mapping or method, optional
            Methods: "name", "name(parameter=value)", a mapping with the key method, or an instance. By default those of
            the index.

        Returns
        -------
        Index or FittedIndex
            The changed index; this one stays as it is.
        """

    @property
    def files_outside(self) -> tuple[str, ...]:
        """The tables, judgements and plugins of the index file that are outside its folder."""
        return files_outside(self.definition, self.tree, self.origin)

    def refused_variants(self) -> Iterator[IndiciaError]:
        """Yield the error about each variant whose words are wrong, with the name of the variant."""
        for name in self.definition.variants if self.chosen is None else ():
            try:
                _ = self.variant(name).tree
            except IndiciaError as error:
                title = f'variant "{name}"'
                what = error.what if error.what.startswith(title) else f"{title} cannot be scored: {error.what}"
                yield DefinitionError(what, where=error.where, remedy=error.remedy)

    @property
    def allows_outside(self) -> bool:
        """True if values outside a fitted range are no error; an index that is not fitted has no such range."""
        return True

    @names_its_arguments
    def score(self, table: TableLike | None = None) -> Result:
        """Score and rank the units of a table.

        Parameters
        ----------
        table : path, frame, dict or "-", optional
            The data; "-" is standard input. By default the table of the index file.

        Returns
        -------
        Result
            Scores, ranks, weights and all that led to them.

        Raises
        ------
        IndiciaError
            If the table cannot be read, or the index cannot be scored.

        Examples
        --------
        >>> import indicia
        >>> index = indicia.read({"data": {"unit": "city"}, "indicators": {"income": {"direction": "benefit"}}})
        >>> index.score({"city": ["Lima", "Oslo", "Pune"], "income": [3.0, 9.0, 1.0]}).scores["rank"].to_list()
        [2, 1, 3]
        """
        return self.score_frame(self.read_table(table))

    def cite(self) -> tuple[Citation, ...]:
        """Return the works to cite: the index if it is published, Indicia, the methods, and the sources of data.

        `indicia.citations.render(index.cite(), "bibtex")` writes them; other formats are "ris" and "text".
        """
        return Inputs(self.definition, self.tree, self.catalogue, {}, self.origin).citations
