"""The annex of an audit in Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indicia.errors import strip_controls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.documents.annex_tables import AnnexTable
    from indicia_report.files.annex import Annex, Group


def annex_in_markdown(annex: Annex) -> str:
    """Return an annex in Markdown."""
    return "\n".join(_lines(annex)) + "\n"


def _lines(annex: Annex) -> Iterator[str]:
    yield f"# {escape_markdown(annex.title)}"
    yield from ("", *(f"- {escape_markdown(fact)}" for fact in annex.facts))
    yield from ("", "## Verdict", "", f"{escape_markdown(annex.verdict)} <{annex.caveat_url}>")
    yield from ("", "## Findings by chapter", "", *markdown_table(annex.summary))
    for chapter in annex.chapters:
        yield from ("", f"## {escape_markdown(chapter.heading)}")
        for group in chapter.groups:
            yield from ("", *_group(group))
        for line in chapter.lines:
            yield from ("", escape_markdown(line))
    for table in annex.tables:
        yield from ("", f"## {escape_markdown(table.caption)}", "", *markdown_table(table))
    yield from ("", "## Profile and thresholds", "", *(f"- {escape_markdown(line)}" for line in annex.profile))
    yield from ("", *markdown_table(annex.thresholds))
    if annex.waivers:
        yield from ("", "## Waivers", "", *markdown_table(annex.waivers))
    yield from ("", "## Methods", "", *(f"- {escape_markdown(sentence)}" for sentence in annex.method))
    yield from ("", "## Sources of the checks", "", *(f"- {escape_markdown(work)}" for work in annex.sources))
    yield from ("", "## How to cite", "", *(f"- {escape_markdown(work)}" for work in annex.citations))


def _group(group: Group) -> Iterator[str]:
    yield f"**{group.mark.capitalize()} {group.code}: {escape_markdown(group.title)}**"
    yield ""
    yield from (f"- {escape_markdown(line)}" for line in group.lines)
    if group.remedy:
        yield from ("", f"What to do: {escape_markdown(group.remedy)}.")


def markdown_table(table: AnnexTable) -> Iterator[str]:
    """Yield the lines of a table in Markdown."""
    yield _row(table.headings)
    yield _row(["--:" if number else ":--" for number in table.numbers], escape=False)
    yield from map(_row, table.rows)
    if table.note:
        yield from ("", escape_markdown(table.note))


def _row(cells: tuple[str, ...] | list[str], escape: bool = True) -> str:
    return f"| {' | '.join(escape_markdown(cell) if escape else cell for cell in cells)} |"


def escape_markdown(text: str) -> str:
    """Escape the signs of Markdown in one line; a star inside a word and underscores of names are left as they are."""
    return re.sub(r"([\\|<*`\[])", r"\\\1", strip_controls(" ".join(text.splitlines())))
