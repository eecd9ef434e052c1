"""The file of a fitted index: JSON with the number of its form and a checksum."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from polars.exceptions import PanicException, PolarsError
from pydantic import ValidationError

from indicia.data import checksum, explain_fault, other_form, parse_json, sealed
from indicia.errors import DefinitionError, OutputError
from indicia.fitted_file.content import SOURCE, FittedFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.formulas import Question
    from indicia.stages.stage import Fitted
    from indicia.tables.last_values import LastValues
    from indicia.tables.values import StatisticValues
    from indicia.tables.weights import NodeWeights

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
