"""The tables in the file of a fitted index, and their form in the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictStr, field_validator, model_validator

from indicia.citations import Citation
from indicia.formulas import Question
from indicia.stages.stage import Fitted
from indicia.tables.last_values import PERIOD, LastValues
from indicia.tables.values import VALUE
from indicia.tables.weights import NodeWeights

if TYPE_CHECKING:
    from indicia.tables.values import StatisticValues

SOURCE = "whose"
"""The kind of an entry with the units whose values parents give; it follows the entry of the values."""

Integer: TypeAlias = Annotated[int, Field(strict=True, ge=-(2**63), lt=2**63)]
Number: TypeAlias = Integer | Annotated[float, Field(strict=True, allow_inf_nan=False)]
Name: TypeAlias = StrictStr
Key: TypeAlias = StrictStr | StrictBool | Number | None
Statistic: TypeAlias = Number | list[Number | None] | None


class _Part(BaseModel):
    """A table of the file; an unknown key is an error."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")


class Data(BaseModel):
    """The table that the index was fitted to."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="allow")

    sha256: StrictStr
    rows: Integer


class Descent(BaseModel):
    """An earlier edition of which a fitted index keeps statistics or weights."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="allow")

    path: StrictStr | None = Field(None, description="the name of its file")
    file_sha256: StrictStr | None = Field(None, description="the hash of the bytes of its file")
    sha256: StrictStr = Field(description="the checksum of its statistics and weights")
    kept: dict[Name, list[Name]] = Field(description="indicators and nodes, by kind: bounds, statistics, weights")


class Origin(BaseModel):
    """The versions, methods and data of the run."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="allow")

    indicia: StrictStr
    methodology: StrictStr
    plugins: dict[Name, StrictStr] = {}
    data: Data
    since: tuple[Descent, ...] = Field((), description="the earlier editions of which it keeps a part, latest first")
    citations: list[dict[str, Any]] = Field(description="the works to cite")

    @field_validator("citations")
    @classmethod
    def _are_citations(cls, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for record in records:
            Citation.of_record(record)
        return records


class KeyedStatistic(_Part):
    """A statistic by group or period: rows of the group, the period, or both, and the value."""

    columns: list[Name]
    rows: list[list[StrictStr | StrictBool | Statistic]]

    @model_validator(mode="after")
    def _rectangular(self) -> KeyedStatistic:
        _check_rows(self.columns, self.rows, len(self.columns) + 1)
        return self

    def frame(self) -> pl.DataFrame:
        """Return the columns of keys, and a last column of values."""
        first = next((row[-1] for row in self.rows if row[-1] is not None), None)
        length = len(first) if isinstance(first, list) else 1
        kinds: dict[type, pl.DataType] = {str: pl.String(), list: pl.Array(pl.Float64, length)}
        kind = kinds.get(type(first), pl.Float64())
        keys = pl.DataFrame([row[:-1] for row in self.rows], schema=self.columns, orient="row")
        return keys.hstack([pl.Series(VALUE, [row[-1] for row in self.rows], kind)])


class NamedStatistic(_Part):
    """A statistic with its subject and its value."""

    of: tuple[Name, ...] = Field(description="the indicator; of an aggregation the dimension, and its component")
    statistic: Name
    arguments: tuple[StrictStr | Number, ...] = ()
    value: Statistic | KeyedStatistic

    @property
    def question(self) -> Question:
        """The statistic in the form of the engine."""
        return Question(self.of, self.statistic, self.arguments)


class Keys(_Part):
    """The groups or periods of weights."""

    columns: list[Name]
    rows: list[list[Key]]

    @model_validator(mode="after")
    def _rectangular(self) -> Keys:
        _check_rows(self.columns, self.rows, len(self.columns))
        return self


class Weights(_Part):
    """The weights of the components of a node: one row, or one row for each group."""

    values: list[Number] | list[list[Number]]
    facts: dict[Name, StrictStr | StrictBool | Number | None]
    keys: Keys | None

    def weighed(self) -> NodeWeights:
        """Return the weights in the form of the engine."""
        frame = None if self.keys is None else pl.DataFrame(self.keys.rows, schema=self.keys.columns, orient="row")
        return NodeWeights(np.array(self.values, dtype=float), self.facts, None, frame)  # type: ignore[arg-type]


class LastValuesPart(_Part):
    """The last value of each unit, for imputations that carry it forward."""

    periods: tuple[StrictStr, StrictStr] = Field(description="the first and the last period of the fitted data")
    dates: StrictBool = Field(description="true if the periods are dates, false if they are numbers")
    unit: Name = Field(description="the column of units")
    rows: dict[Name, list[tuple[StrictStr, StrictStr, Number | None]]] = Field(
        description="by indicator: unit, period and value of the last value, and of the missing cells after it"
    )

    def last_values(self) -> LastValues:
        """Return the last values in the form of the engine; ValueError if a period is none."""
        kinds = {self.unit: pl.String, PERIOD: pl.String, VALUE: pl.Float64}
        series = {name: pl.DataFrame(rows, schema=kinds, orient="row") for name, rows in self.rows.items()}
        last_values = LastValues(series, self.periods, self.dates)
        for periods in (pl.Series(self.periods), *(frame[PERIOD] for frame in series.values())):
            last_values.times(periods)
        return last_values


class FittedFile(_Part):
    """The content of the file of a fitted index."""

    format: Literal[4]
    sha256: StrictStr = Field(description="of all else in the file, in canonical JSON")
    fitted: Origin
    index: dict[Name, Any]
    variant: StrictStr | None
    ranges: dict[Name, tuple[Number | None, Number | None]]
    left_out: tuple[Name, ...]
    constant: tuple[Name, ...]
    neutral: tuple[Name, ...]
    columns: tuple[Name, ...] = Field(
        (), description="columns that are no indicators and that formulas read in each row"
    )
    last_values: LastValuesPart | None = Field(None, description="if an imputation needs them")
    weights: dict[Name, Weights]
    statistics: dict[Name, tuple[NamedStatistic, ...]] = Field(description="by stage")

    def contents(self) -> Fitted:
        """Return the statistics and weights in the form of the engine."""
        return Fitted(
            {stage: self._values(stage) for stage in self.statistics},
            {name: weights.weighed() for name, weights in self.weights.items()},
            self.ranges,
            self.left_out,
            self.constant,
            self.neutral,
            {stage: self._sources(stage) for stage in self.statistics},
            self.columns,
            last_values=None if self.last_values is None else self.last_values.last_values(),
        )

    def _values(self, stage: str) -> StatisticValues:
        return {question: value for question, value in self._entries(stage).items() if question.kind != SOURCE}

    def _sources(self, stage: str) -> dict[Question, pl.DataFrame]:
        """Return the units whose values parents give, by the question after the value."""
        return {
            question._replace(kind="parent"): units
            for question, units in self._entries(stage).items()
            if question.kind == SOURCE and isinstance(units, pl.DataFrame)
        }

    def _entries(self, stage: str) -> StatisticValues:
        return {statistic.question: _value(statistic.value) for statistic in self.statistics[stage]}


def _value(value: Any) -> Any:
    return value.frame() if isinstance(value, KeyedStatistic) else value


def _check_rows(columns: list[str], rows: list[Any], width: int) -> None:
    if len(set(columns)) < len(columns):
        raise ValueError("two columns have one name")
    if any(len(row) != width for row in rows):
        raise ValueError(f"a row has {next(len(row) for row in rows if len(row) != width)} cells instead of {width}")
