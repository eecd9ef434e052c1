"""The notes for readers: what the index file says of the index, and what the run did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia_report.markup import by_language, escape, paragraph
from indicia_report.method.page_section import PageSection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia_report.method.page_section import Shown


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
