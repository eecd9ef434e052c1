"""The file of a fitted index, and its content."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

import numpy as np
import polars as pl
from polars.exceptions import PanicException, PolarsError
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictStr,
    ValidationError,
    field_validator,
    model_validator,
)

from indicia.citations import Citation
from indicia.data import checksum, explain_fault, other_form, parse_json, sealed
from indicia.errors import DefinitionError, OutputError
from indicia.formulas import Question
from indicia.stages.stage import Fitted
from indicia.tables.last_values import PERIOD, LastValues
from indicia.tables.scope import VALUE, StatisticValues
from indicia.tables.weights import NodeWeights

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


FORMAT = 4
"""The form of the file."""


def read(path: Path) -> tuple[FittedFile, Fitted]:
    """Read a fitted index, and check its form, its checksum and its content."""
    remedy = "indicia fit INDEX -o fitted.json"
    try:
        content = parse_json(path.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
    except FileNotFoundError as error:
        raise DefinitionError(f"no such file: {path}", remedy=f"{remedy} writes one") from error
    except OSError as error:
        raise DefinitionError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise DefinitionError(f"{path} is not a fitted index", remedy=remedy) from error
    if not isinstance(content, dict) or "format" not in content:
        raise DefinitionError(f"{path} is not a fitted index", remedy=remedy)
    _check_form(content, path)
    try:
        file = FittedFile.model_validate(content)
    except ValidationError as error:
        where = explain_fault(error.errors()[0], content, "a fitted index", FittedFile, _writer(content))
        raise DefinitionError(f"{path} is not a fitted index", where=where, remedy=remedy) from error
    try:
        return file, file.contents()
    except (PolarsError, PanicException, ValueError, TypeError, OverflowError) as error:
        raise DefinitionError(
            f"{path} is not a fitted index",
            where="groups, periods or values of one column are of several types",
            remedy=remedy,
        ) from error


def _writer(content: Mapping[str, Any]) -> object:
    """Return the version of Indicia that wrote the file."""
    fitted = content.get("fitted")
    return fitted.get("indicia") if isinstance(fitted, Mapping) else None


_HEAD = 1 << 16
"""The number of characters of a file that show whether it is that of a fitted index."""


def is_fitted_file(path: str | Path) -> bool:
    """Return whether a file is JSON with the first keys of a fitted index; False for a file that cannot be read."""
    if not str(path).lower().endswith(".json"):
        return False
    try:
        with Path(path).open(encoding="utf-8") as file:
            head = file.read(_HEAD)
    except (OSError, ValueError):
        return False
    keys = (r'"format"\s*:\s*[0-9]', r'"fitted"\s*:\s*\{')
    return head.lstrip().startswith("{") and all(re.search(key, head) for key in keys)


def _check_form(content: Mapping[str, Any], path: Path) -> None:
    """Refuse an unknown form, and content that does not match its checksum."""
    form = content["format"]
    if type(form) is not int or form != FORMAT:
        what, remedy = other_form(f"{path} is a fitted index", form, FORMAT, _writer(content))
        raise DefinitionError(what, remedy=f"fit the index again, or {remedy}")
    if content.get("sha256") != checksum(content):
        raise DefinitionError(
            f"{path} is not as it was written: its checksum differs",
            remedy="fit the index again, or take the file from where it was written",
        )


def rendered(content: Mapping[str, Any]) -> bytes:
    """Return the bytes of the file of a fitted index: its form, its checksum and its content."""
    try:
        return sealed(content, FORMAT)
    except ValueError as error:
        raise OutputError(
            "a statistic of the index is not finite, and a fitted index can hold only finite values",
            remedy="choose another method, or mend the data that it comes from",
        ) from error


def content_of(fitted: Fitted) -> dict[str, Any]:
    """Return statistics and weights as values that JSON can hold."""
    return {
        "ranges": dict(fitted.ranges),
        "left_out": fitted.left_out,
        "constant": fitted.constant,
        "neutral": fitted.neutral,
        **({"columns": fitted.columns} if fitted.columns else {}),
        **({} if fitted.last_values is None else {"last_values": _last_values_entry(fitted.last_values)}),
        "weights": {name: _weights_entry(weights) for name, weights in fitted.node_weights.items()},
        "statistics": {
            stage: list(_entries(values, fitted.sources.get(stage, {})))
            for stage, values in fitted.statistics.items()
            if values
        },
    }


def _last_values_entry(last_values: LastValues) -> dict[str, Any]:
    rows = last_values.rows
    unit = next((frame.columns[0] for frame in rows.values()), "")
    return {
        "periods": last_values.ends,
        "dates": last_values.is_date,
        "unit": unit,
        "rows": {name: [list(row) for row in frame.iter_rows()] for name, frame in rows.items()},
    }


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not a number in JSON")


def _entries(values: StatisticValues, sources: Mapping[Question, pl.DataFrame]) -> Iterator[dict[str, Any]]:
    """Yield the entries of statistics; an entry of values of parents is followed by an entry of their units."""
    for question, value in values.items():
        yield _entry(question, value)
        if question in sources:
            yield _entry(question._replace(kind=SOURCE), sources[question])


def _entry(question: Question, value: object) -> dict[str, Any]:
    if isinstance(value, pl.DataFrame):
        value = {"columns": value.columns[:-1], "rows": [list(row) for row in value.iter_rows()]}
    return {"of": question.subject, "statistic": question.kind, "arguments": question.arguments, "value": value}


def _weights_entry(weights: NodeWeights) -> dict[str, Any]:
    frame = weights.keys
    keys = None if frame is None else {"columns": frame.columns, "rows": [list(row) for row in frame.rows()]}
    return {"values": weights.values.tolist(), "facts": dict(weights.facts), "keys": keys}
