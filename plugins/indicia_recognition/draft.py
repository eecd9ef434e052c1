"""A first index file for a table, with comments that give the reasons and help to change it."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

from indicia.data import file_of, is_server, split_sheet
from indicia.defaults import AGGREGATION, DRAFT_WEIGHTING, NORMALISATION, POSITIVE_NORMALISATION, WEIGHTING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from indicia_recognition.recognise import Recognised

_METHODOLOGY = f"""\
[methodology]
normalisation = "{NORMALISATION}"      # indicia methods lists what there is; "{POSITIVE_NORMALISATION}" sets parameters
weighting = "{{weighting}}"            # "{WEIGHTING}" takes weight = … of the indicators
aggregation = "{AGGREGATION}"
"""


def draft(recognised: Recognised, folder: Path, *, name: str) -> str:
    """Return the text of an index file in a folder, for a recognised table.

    A comment names the reason of each setting. The file skips missing values if the table has gaps.
    """
    lines = [f"name = {toml_value(name)}", "", "[data]", f"path = {toml_value(_path_from(recognised.source, folder))}"]
    tables = [{**table, "path": _path_from(table["path"], folder)} for table in recognised.data.get("joins", [])]
    lines += [f"{word} = {toml_value(value)}" for word, value in recognised.data.items() if word != "joins"]
    for observation in recognised.observations:
        if observation.effect != "question":
            lines.append(f"# {_one_line(str(observation))}")
    for table in tables:
        lines += ["", "[[data.joins]]", *(f"{word} = {toml_value(value)}" for word, value in table.items())]
    lines += ["", *_dimension_lines(recognised.dimensions), ""]
    lines += [
        '# direction: "benefit" (more is better), "cost" (less is), "target" or "interval";',
        '# dimension = "…", weight = …; bounds = [lower, upper] fix the scale, unit = "…" is the unit of measure.',
        "[indicators]",
        *_indicator_lines(recognised),
    ]
    parts = (*recognised.indicators.values(), *recognised.dimensions.values())
    weighting = WEIGHTING if any("weight" in words for words in parts) else DRAFT_WEIGHTING
    lines += ["", _METHODOLOGY.format(weighting=weighting).rstrip()]
    if recognised.methodology.get("constant"):
        lines.append(
            'constant = "drop"              # an indicator that does not vary is left out of a run, with a note'
        )
    if gaps := recognised.gaps:
        lines.append(f'missing = "skip"               # score a unit by what it has; gaps: {", ".join(gaps)}')
    return "\n".join(lines) + "\n"


def _path_from(source: object, folder: Path) -> str:
    """Return the path of a table as an index file in the folder writes it; a database has a URL."""
    path, sheet = split_sheet(str(source))
    if path == "-" or is_server(path):
        return path
    file = file_of(path)
    relative = os.path.relpath(file, folder)
    return path.replace(file, relative) if "://" in path else relative + (f"#{sheet}" if sheet else "")


def _dimension_lines(dimensions: Mapping[str, Mapping[str, Any]]) -> list[str]:
    if not dimensions:
        return [
            "# Dimensions make a tree; without them the index is flat:",
            "# [dimensions]",
            '# economy = { name = "Economy", weight = 1 }',
        ]
    return ["[dimensions]", *(f"{_key(name)} = {toml_value(words)}" for name, words in dimensions.items())]


def _indicator_lines(recognised: Recognised) -> Iterator[str]:
    settings = {
        _key(name): toml_value({**recognised.direction_words(name), **words})
        for name, words in recognised.indicators.items()
    }
    width = max(map(len, settings))
    longest = min(60, max(map(len, settings.values())))
    for key, name in zip(settings, recognised.indicators, strict=True):
        reason = recognised.direction_reason(name)
        if reason and not recognised.direction_words(name):
            reason = f"direction unclear, and assumed to be benefit until it is written: {reason}"
        line = f"{key:<{width}} = {settings[key]}"
        yield f"{line:<{width + 3 + longest}}  # {_one_line(reason)}" if reason else line


def toml_value(value: object) -> str:
    """Return a value in TOML, on one line.

    >>> toml_value({"direction": "cost", "bounds": [0, 100], "use": True})
    '{ direction = "cost", bounds = [0, 100], use = true }'
    """
    if isinstance(value, dict):
        pairs = ", ".join(f"{_key(str(key))} = {toml_value(item)}" for key, item in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)


def _key(column: str) -> str:
    return column if re.fullmatch(r"[A-Za-z0-9_-]+", column) else json.dumps(column, ensure_ascii=False)


def _one_line(text: str) -> str:
    return " ".join(text.split())
