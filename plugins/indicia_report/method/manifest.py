"""The notes of the run, and the manifest: what it takes to compute the page again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia_report.markup import by_language, escape, escape_in_element, paragraph
from indicia_report.method.page_section import PageSection

if TYPE_CHECKING:
    from collections.abc import Mapping

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


@dataclass(frozen=True)
class Notes(PageSection):
    """The note of the index file, and the notes of the run."""

    name = "notes"
    order = 10
    heading = "notes"

    def draw(self, shown: Shown) -> str | None:
        """Return the notes; None without any."""
        view, texts = shown.view, shown.texts
        result = view.result
        note = result.definition.note
        parts = [paragraph(texts.show(by_language(note, texts.languages, "")))] if note else []
        notes = [*result.notes, *(recovery.sentence for recovery in result.reproduction)]
        items = "".join(f"<li>{view.note_html(note, texts)}" for note in notes)
        parts += [f"<ul>{items}</ul>"] if items else []
        facts = "".join(
            f"<li>{texts.name(view.name_of(node))}: <code lang=en>{escape(_listed(values))}</code>"
            for node, values in result.facts.items()
        )
        return "".join([*parts, f"<ul>{facts}</ul>" if facts else ""]) or None


def _listed(facts: Mapping[str, float | str]) -> str:
    return ", ".join(
        f"{key} = {fact:.4g}" if isinstance(fact, float) else f"{key} = {fact}" for key, fact in facts.items()
    )
