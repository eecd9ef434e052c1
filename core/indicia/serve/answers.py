"""The answers of workers: the status and the content of a response."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from indicia.errors import IndiciaError, shorten, strip_controls
from indicia.serve.choices import ChoicesError

if TYPE_CHECKING:
    from collections.abc import Mapping

FileState: TypeAlias = tuple[str, int, int]
"""The path of a file, the time of its last change in nanoseconds, and its size."""
JSON = "application/json"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    """A response."""

    content: bytes
    media: str = JSON
    status: int = 200
    name: str = ""
    """The name of the file, for a download."""
    files: tuple[FileState, ...] | None = None
    """The files that a report is made of; None if other sources may change."""


def answer_json(content: Mapping[str, Any], status: int = 200) -> Answer:
    """Return an answer in JSON, in which a number that is not finite is null."""
    return Answer(json.dumps(_finite(content), ensure_ascii=False, allow_nan=False).encode(), status=status)


def answer_error(error: IndiciaError, status: int = 422) -> Answer:
    """Return the answer for an error: its parts, and the place of the request that is at fault.

    >>> answer_error(IndiciaError("no such thing", remedy="choose another")).content.decode()
    '{"errors": [{"what": "no such thing", "where": null, "remedy": "choose another", "place": null}]}'
    """
    problems: dict[Any, IndiciaError] = {None: error}
    if isinstance(error, ChoicesError):
        problems = {**error.problems}
    return answer_json({"errors": [_parts(part, place) for place, part in problems.items()]}, status)


def _parts(error: IndiciaError, place: str | None) -> dict[str, str | None]:
    texts = {"what": error.what, "where": error.where, "remedy": error.remedy}
    return {**{word: strip_controls(shorten(text)) if text else None for word, text in texts.items()}, "place": place}


def _finite(value: Any) -> Any:
    """Return a value with null for each number that is not finite, which JSON cannot hold."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(element) for key, element in value.items()}
    return [_finite(element) for element in value] if isinstance(value, (list, tuple)) else value
