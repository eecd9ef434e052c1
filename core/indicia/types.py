"""The types of arguments, for annotations of your own code and for type checkers.

>>> from indicia.types import NormalisationChoice, TableLike
>>> def scores_by(table: TableLike, normalisation: NormalisationChoice) -> list[float]:
...     return indicia.score(table, normalisation=normalisation).scores["score"].to_list()
>>> import indicia
>>> scores_by({"city": ["Lima", "Oslo", "Pune"], "income": [3.0, 9.0, 1.0]}, "min_max")
[0.25, 1.0, 0.0]
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, TypeAlias, TypedDict, runtime_checkable

import numpy as np
import polars as pl
from pydantic import Field

from indicia.methods import (
    Aggregation,
    Agreement,
    Consensus,
    Imputation,
    JointAgreement,
    Normalisation,
    Treatment,
    Weighting,
)

__all__ = [
    "AggregationChoice",
    "AgreementChoice",
    "ArrowArray",
    "ArrowStream",
    "ConsensusChoice",
    "ImputationChoice",
    "IndicatorsLike",
    "JointAgreementChoice",
    "MethodTable",
    "MissingChoice",
    "NonNegativeFloat",
    "NonNegativeInt",
    "NormalisationChoice",
    "PandasLike",
    "Period",
    "PositiveInt",
    "PublishedRanking",
    "Settings",
    "Share",
    "Stage",
    "StageChoices",
    "TableLike",
    "TreatmentChoice",
    "WeightDraws",
    "WeightDrawsLike",
    "WeightingChoice",
]


@runtime_checkable
class PandasLike(Protocol):
    """A frame or series of pandas."""

    @property
    def iloc(self) -> Any:
        """The rows by number."""


@runtime_checkable
class ArrowStream(Protocol):
    """A table with the interface of Arrow, such as one of pyarrow, DuckDB or Ibis."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """Return the rows as a stream."""


@runtime_checkable
class ArrowArray(Protocol):
    """A batch of rows with the interface of Arrow."""

    def __arrow_c_array__(self, requested_schema: Any = None) -> Any:
        """Return the rows as an array."""


TableLike: TypeAlias = (
    str
    | Path
    | pl.DataFrame
    | pl.LazyFrame
    | PandasLike
    | ArrowStream
    | ArrowArray
    | np.ndarray[Any, Any]
    | Mapping[str, Any]
    | Sequence[Mapping[str, Any]]
)
"""A table: a path ("book.xlsx#Sheet" names a sheet, "-" is standard input), a frame of polars or pandas, a table of
Arrow, a structured array of NumPy, a dict of lists, or a list of dicts."""

PositiveInt: TypeAlias = Annotated[int, Field(ge=1)]
"""A whole number of 1 or more, such as a number of draws."""
NonNegativeInt: TypeAlias = Annotated[int, Field(ge=0)]
"""A whole number of 0 or more, such as a seed."""
NonNegativeFloat: TypeAlias = Annotated[float, Field(ge=0)]
"""A number of 0 or more, such as a tolerance."""
Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
"""A number from 0 to 1, such as a quantile."""

Period: TypeAlias = str | int | float | date
"""A period of a panel, such as 2020 or "2020-Q1"."""

Stage: TypeAlias = Literal["imputation", "treatment", "normalisation", "weighting", "aggregation"]
"""A stage for which an index chooses a method."""

MethodTable: TypeAlias = Mapping[str, Any]
"""A method with parameters, as a table of an index file: `{"method": "min_max", "lower": 1}`."""

ImputationChoice: TypeAlias = str | MethodTable | Imputation
"""A choice of imputation: "name", "name(parameter=value)", a table, an instance, or "none"."""
TreatmentChoice: TypeAlias = str | MethodTable | Treatment
"""A choice of treatment of outliers: "name", "name(parameter=value)", a table, an instance, or "none"."""
NormalisationChoice: TypeAlias = str | MethodTable | Normalisation
"""A choice of normalisation: "name", "name(parameter=value)", a table, or an instance."""
WeightingChoice: TypeAlias = str | MethodTable | Weighting
"""A choice of weighting: "name", "name(parameter=value)", a table, or an instance."""
AggregationChoice: TypeAlias = str | MethodTable | Aggregation
"""A choice of aggregation: "name", "name(parameter=value)", a table, or an instance."""
AgreementChoice: TypeAlias = str | MethodTable | Agreement
"""A choice of agreement of two rankings: "name", "name(parameter=value)", a table, or an instance."""
JointAgreementChoice: TypeAlias = str | MethodTable | JointAgreement
"""A choice of agreement of several rankings: "name", "name(parameter=value)", a table, or an instance."""
ConsensusChoice: TypeAlias = str | MethodTable | Consensus
"""A choice of consensus of rankings: "name", "name(parameter=value)", a table, or an instance."""
MissingChoice: TypeAlias = str | Mapping[str, Any]
"""The rule for a unit that lacks a component: "skip", "skip(minimum_share=0.6)", `{"policy": "value", "value": 0}`."""


class StageChoices(TypedDict, total=False):
    """Choices of methods by stage; a stage that is absent, or None, has the methods of the index."""

    imputation: ImputationChoice | None
    treatment: TreatmentChoice | None
    normalisation: NormalisationChoice | None
    weighting: WeightingChoice | None
    aggregation: AggregationChoice | None


Settings: TypeAlias = Mapping[str, Any]
"""Words of an index file by dotted path: `{"indicators.gdp.weight": 2, "data.decimal": ","}`."""

IndicatorsLike: TypeAlias = Mapping[str, str | Mapping[str, Any]] | Sequence[str] | TableLike
"""Indicators: a mapping of columns to "benefit", "cost" or a table of settings, a list of columns, or a table with
the columns name, direction and weight."""

PublishedRanking: TypeAlias = TableLike | Iterable[str]
"""A published ranking: a table of ranks or scores, or the names of the first units without order."""


class WeightDraws(TypedDict, total=False):
    """The distribution of the weights of each node with more than one component; one of these words.

    `simplex` and `constraints` may stand together.
    """

    spread: float
    """Each weight times a number from 1 - spread to 1 + spread."""
    dirichlet: float
    """Around the weights, the closer the larger this number."""
    simplex: bool
    """Uniformly among all weights that sum to 1."""
    ranges: Mapping[str, Sequence[float]]
    """From and to, by indicator or dimension; others share the rest."""
    constraints: str | Sequence[str]
    """Comparisons of the weights of a node, such as "health >= 2 income >= 0.1"; may stand beside `simplex`, which is
    then for the other nodes."""
    table: str
    """A table of weights: a row a person, a column an indicator or dimension."""


WeightDrawsLike: TypeAlias = str | WeightDraws
"""A distribution of weights in words, as `--weights` has them, or as a dict: "±25%" is `{"spread": 0.25}`."""
