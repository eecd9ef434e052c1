"""The annex of an audit in Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indicia.errors import strip_controls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.export.annex import Annex, Group
    from indicia.export.annex_tables import AnnexTable


def annex_in_markdown(annex: Annex) -> str:
    """Return an annex in Markdown."""
    return "\n".join(_lines(annex)) + "\n"


def _lines(annex: Annex) -> Iterator[str]:
    yield f"# {_escape(annex.title)}"
    yield from ("", *(f"- {_escape(fact)}" for fact in annex.facts))
    yield from ("", "## Verdict", "", f"{_escape(annex.verdict)} <{annex.caveat_url}>")
    yield from ("", "## Findings by chapter", "", *_table(annex.summary))
    for chapter in annex.chapters:
        yield from ("", f"## {_escape(chapter.heading)}")
        for group in chapter.groups:
            yield from ("", *_group(group))
        for line in chapter.lines:
            yield from ("", _escape(line))
    for table in annex.tables:
        yield from ("", f"## {_escape(table.caption)}", "", *_table(table))
    yield from ("", "## Profile and thresholds", "", *(f"- {_escape(line)}" for line in annex.profile))
    yield from ("", *_table(annex.thresholds))
    if annex.waivers:
        yield from ("", "## Waivers", "", *_table(annex.waivers))
    yield from ("", "## Methods", "", *(f"- {_escape(sentence)}" for sentence in annex.method))
    yield from ("", "## Sources of the checks", "", *(f"- {_escape(work)}" for work in annex.sources))
    yield from ("", "## How to cite", "", *(f"- {_escape(work)}" for work in annex.citations))


def _group(group: Group) -> Iterator[str]:
    yield f"**{group.mark.capitalize()} {group.code}: {_escape(group.title)}**"
    yield ""
    yield from (f"- {_escape(line)}" for line in group.lines)
    if group.remedy:
        yield from ("", f"What to do: {_escape(group.remedy)}.")


def _table(table: AnnexTable) -> Iterator[str]:
    yield _row(table.headings)
    yield _row(["--:" if number else ":--" for number in table.numbers], escape=False)
    yield from map(_row, table.rows)
    if table.note:
        yield from ("", _escape(table.note))


def _row(cells: tuple[str, ...] | list[str], escape: bool = True) -> str:
    return f"| {' | '.join(_escape(cell) if escape else cell for cell in cells)} |"


def _escape(text: str) -> str:
    """Escape the signs of Markdown in one line; a star inside a word and underscores of names are left as they are."""
    return re.sub(r"([\\|<*`\[])", r"\\\1", strip_controls(" ".join(text.splitlines())))
