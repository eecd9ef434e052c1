"""A first index file for a table, with comments that help to change it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from indicia.defaults import AGGREGATION, DRAFT_WEIGHTING, NORMALISATION, POSITIVE_NORMALISATION, WEIGHTING

if TYPE_CHECKING:
    from collections.abc import Collection

    from indicia.recognition.columns import Inferred

_METHODOLOGY = f"""\
[methodology]
normalisation = "{NORMALISATION}"      # indicia methods lists what there is; "{POSITIVE_NORMALISATION}" sets parameters
weighting = "{DRAFT_WEIGHTING}"            # "{WEIGHTING}" takes weight = … of the indicators
aggregation = "{AGGREGATION}"
"""


def draft(
    inferred: Inferred,
    path: str,
    *,
    name: str = "My index",
    costs: Collection[str] = (),
    gaps: Collection[str] = (),
    encoding: str | None = None,
) -> str:
    """Return the text of an index file.

    `gaps` are the indicators with missing values; with gaps, the file skips missing values.
    """
    lines = [f"name = {_quoted(name)}", "", "[data]", f"path = {_quoted(path)}", f"unit = {_quoted(inferred.unit)}"]
    lines += [f"encoding = {_quoted(encoding)}"] if encoding else []
    lines += [f"label = {_quoted(inferred.label)}"] if inferred.label else []
    lines += [f"period = {_quoted(inferred.period)}"] if inferred.period else []
    lines += [f"groups = [{', '.join(map(_quoted, inferred.groups))}]"] if inferred.groups else []
    lines += [f"# left out: {column} ({reason})" for column, reason in inferred.left_out.items()]
    lines += [
        "",
        "# Dimensions make a tree; without them the index is flat:",
        "# [dimensions]",
        '# economy = { name = "Economy", weight = 1 }',
        "",
        '# direction: "benefit" (more is better), "cost" (less is), "target" or "interval";',
        '# dimension = "…", weight = …; bounds = [lower, upper] fix the scale, unit = "…" is the unit of measure.',
        "[indicators]",
    ]
    width = max(len(_key(column)) for column in inferred.indicators)
    for column in inferred.indicators:
        direction = "cost" if column in costs else "benefit"
        lines.append(f'{_key(column):<{width}} = {{ direction = "{direction}" }}')
    lines += ["", _METHODOLOGY.rstrip()]
    if gaps:
        lines.append(f'missing = "skip"               # score a unit by what it has; gaps: {", ".join(gaps)}')
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _key(column: str) -> str:
    return column if re.fullmatch(r"[A-Za-z0-9_-]+", column) else _quoted(column)
