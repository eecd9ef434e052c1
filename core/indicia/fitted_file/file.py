"""The file of a fitted index: JSON with the number of its form and a checksum."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from polars.exceptions import PanicException, PolarsError
from pydantic import ValidationError

from indicia.data import parse_json
from indicia.errors import DefinitionError, OutputError
from indicia.fitted_file.content import SOURCE, FittedFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

    from indicia.formulas import Question
    from indicia.stages.stage import Fitted
    from indicia.tables.last_values import LastValues
    from indicia.tables.values import StatisticValues
    from indicia.tables.weights import NodeWeights

FORMAT = 4
"""The latest form: a file has it if it has last values, else form 3, which earlier versions of Indicia read.

Forms 1 and 2 can be read too: they have a text as the key of a statistic, and form 1 has no checksum.
"""
_WITHOUT_LAST_VALUES = 3


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
        raise DefinitionError(
            f"{path} is not a fitted index", where=_explain_error(error.errors()[0], content), remedy=remedy
        ) from error
    try:
        return file, file.contents()
    except (PolarsError, PanicException, ValueError, TypeError, OverflowError) as error:
        raise DefinitionError(
            f"{path} is not a fitted index",
            where="groups, periods or values of one column are of several types",
            remedy=remedy,
        ) from error


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
    if type(form) is not int or not 1 <= form <= FORMAT:
        fitted = content.get("fitted")
        writer = fitted.get("indicia") if isinstance(fitted, Mapping) else None
        by = f", written by Indicia {writer}" if isinstance(writer, str) else ""
        raise DefinitionError(
            f"{path} is a fitted index of form {form!r}{by}; this version of Indicia reads forms 1 to {FORMAT}",
            remedy="fit the index again, or install the version of Indicia that wrote it",
        )
    if form == 1:
        return
    if content.get("sha256") != checksum(content):
        raise DefinitionError(
            f"{path} is not as it was written: its checksum differs",
            remedy="fit the index again, or take the file from where it was written",
        )


def checksum(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of all keys and values except the checksum, independent of order and white space.

    >>> checksum({"a": 1, "b": 2, "sha256": ""}) == checksum({"b": 2, "a": 1})
    True
    """
    rest = {key: value for key, value in content.items() if key != "sha256"}
    return sha256(json.dumps(rest, sort_keys=True, separators=(",", ":"), default=str).encode()).hexdigest()


def rendered(content: Mapping[str, Any]) -> bytes:
    """Return the bytes of the file of a fitted index: its form, its checksum and its content."""
    try:
        form = FORMAT if "last_values" in content else _WITHOUT_LAST_VALUES
        words = json.loads(json.dumps({"format": form, **content}, allow_nan=False, default=str))
    except ValueError as error:
        raise OutputError(
            "a statistic of the index is not finite, and a fitted index can hold only finite values",
            remedy="choose another method, or mend the data that it comes from",
        ) from error
    text = json.dumps({"format": form, "sha256": checksum(words), **words}, ensure_ascii=False, indent=1)
    return f"{text}\n".encode()


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


def _explain_error(finding: ErrorDetails, content: Any) -> str:
    """Return the place of an error in the file, and the error."""
    place: list[str] = []
    for part in finding["loc"]:
        try:
            content = content[part]
        except (KeyError, IndexError, TypeError):  # pydantic adds further names for unions
            continue
        place.append(str(part))
    if finding["type"] == "missing":
        return f"{'.'.join([*place, str(finding['loc'][-1])])} is missing"
    if finding["type"] == "extra_forbidden":
        return f"{'.'.join(place)} is no key of a fitted index"
    if finding["type"] == "value_error":
        return f"{'.'.join(place)}: {finding['msg'].removeprefix('Value error, ')}"
    return f"{'.'.join(place)} is of a wrong type"


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
