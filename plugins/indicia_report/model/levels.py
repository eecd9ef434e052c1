"""The choices of the levels of the methodology, as the script of the page writes them for a reader's weights."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indicia.definition import Definition
    from indicia_report.model.types import Levels


def other_choices(definition: Definition) -> Levels:
    """Return the entries of `levels` besides the weighting and the aggregation of the index, as TOML."""
    levels = [level.model_dump(mode="python", exclude_none=True) for level in definition.methodology.levels] or [{}]
    rest = {word: value for word, value in levels[0].items() if word not in ("weighting", "aggregation")}
    return {
        "top": "".join(f", {word} = {_toml(value)}" for word, value in rest.items()),
        "below": "".join(f", {_toml(level)}" for level in levels[1:]),
    }


def _toml(value: object) -> str:
    """Format a value as TOML, on one line.

    >>> _toml({"method": "min_max", "upper": 100, "clip": True})
    '{ method = "min_max", upper = 100, clip = true }'
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        inside = ", ".join(f"{_key(word)} = {_toml(inner)}" for word, inner in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(word: object) -> str:
    name = str(word)
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else _toml(name)
