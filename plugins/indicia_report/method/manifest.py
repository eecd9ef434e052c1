"""The manifest: what it takes to compute the page again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia_report.markup import escape_in_element
from indicia_report.method.page_section import PageSection

if TYPE_CHECKING:
    from indicia_report.method.page_section import Shown


@dataclass(frozen=True)
class Manifest(PageSection):
    """Versions, methods, parameters, weights and hashes of the data."""

    name = "manifest"
    order = 190
    heading = "manifest"

    def draw(self, shown: Shown) -> str:
        """Return the manifest as JSON, folded."""
        document = {**shown.view.result.manifest, **shown.dossier.settings}
        text = escape_in_element(json_in_lines(document))
        summary = shown.texts.html("manifest_says")
        return f"<details><summary>{summary}</summary><pre tabindex=0 class=json>{text}</pre></details>"


_WIDTH = 100
"""The most characters of a line of JSON that is not broken further."""


def json_in_lines(value: object) -> str:
    """Return a value as JSON, with each object and list that fits on one line.

    >>> print(json_in_lines({"short": [1, 2], "long": ["x" * 60, {"y": "y" * 60}]}))
    {
     "short": [1, 2],
     "long": [
      "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
      {"y": "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"}
     ]
    }
    """
    return _in_lines(json.loads(json.dumps(value, default=str)), "")


def _in_lines(value: object, indent: str) -> str:
    line, deeper = json.dumps(value, ensure_ascii=False), f"{indent} "
    if len(indent) + len(line) <= _WIDTH or not value or not isinstance(value, dict | list):
        return line
    if isinstance(value, dict):
        start, end = "{}"
        entries = [f"{json.dumps(key, ensure_ascii=False)}: {_in_lines(entry, deeper)}" for key, entry in value.items()]
    else:
        start, end = "[]"
        entries = [_in_lines(entry, deeper) for entry in value]
    separator = f",\n{deeper}"
    return f"{start}\n{deeper}{separator.join(entries)}\n{indent}{end}"
