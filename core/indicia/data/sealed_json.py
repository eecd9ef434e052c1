"""JSON files that state their form and a checksum of all else: the file of a fitted index, and the record of a pack."""

from __future__ import annotations

import json
from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from indicia.errors import suggest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel
    from pydantic_core import ErrorDetails


def checksum(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of all keys and values except the checksum, independent of order and white space.

    >>> checksum({"a": 1, "b": 2, "sha256": ""}) == checksum({"b": 2, "a": 1})
    True
    """
    rest = {key: value for key, value in content.items() if key != "sha256"}
    return sha256(json.dumps(rest, sort_keys=True, separators=(",", ":"), default=str).encode()).hexdigest()


def sealed(content: Mapping[str, Any], form: int) -> bytes:
    """Return the bytes of a file: its form, its checksum and its content; ValueError for a value that is not finite."""
    words = json.loads(json.dumps({"format": form, **content}, allow_nan=False, default=str))
    text = json.dumps({"format": form, "sha256": checksum(words), **words}, ensure_ascii=False, indent=1)
    return f"{text}\n".encode()


def other_form(noun: str, form: object, known: int, writer: object) -> tuple[str, str]:
    """Return the fault of a file of another form than the known one, and its remedy; `writer` is the version."""
    by = f", written by Indicia {writer}" if isinstance(writer, str) else ""
    install = f"pip install indicia=={writer}" if by else "install the version of Indicia that wrote it"
    return f"{noun} of form {form!r:.20}{by}; this version of Indicia reads form {known}", install


def explain_fault(finding: ErrorDetails, content: Any, noun: str, file: type[BaseModel], writer: object) -> str:
    """Return the place and the fault of a part, and for an unknown key the version that knows it or the nearest key."""
    place: list[str] = []
    for part in finding["loc"]:
        try:
            content = content[part]
        except (KeyError, IndexError, TypeError):  # pydantic adds further names for unions
            continue
        place.append(str(part))
    where, last = ".".join(place), str(finding["loc"][-1])
    match finding["type"]:
        case "missing":
            return f"{'.'.join([*place, last])} is missing"
        case "extra_forbidden" if isinstance(writer, str) and writer != version("indicia"):
            return f"{where} is no key of {noun}; Indicia {writer}, which wrote it, knows it"
        case "extra_forbidden":
            schema = file.model_json_schema()
            known = {key for table in (schema, *schema["$defs"].values()) for key in table.get("properties", ())}
            return f"{where} is no key of {noun}{f'; {nearest}' if (nearest := suggest(last, known)) else ''}"
        case "value_error":
            return f"{where}: {finding['msg'].removeprefix('Value error, ')}"
    return f"{where} is of a wrong type"
