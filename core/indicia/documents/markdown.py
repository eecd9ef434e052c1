"""The writer of documents in Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indicia.documents.blocks import Formula, Heading, Items, Line, with_em_spaces
from indicia.errors import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from indicia.documents.blocks import Block, TextTable


def markdown(title: str, blocks: Iterable[Block]) -> str:
    """Return a document in Markdown; without a title, as a part of another document.

    >>> print(markdown("Cities", [Heading("Which is first?"), Line("Lima.")]), end="")
    # Cities
    <BLANKLINE>
    ## Which is first?
    <BLANKLINE>
    Lima.
    """
    return (
        "\n\n".join([*([f"# {plain(title)}"] if title else []), *("\n".join(_lines(block)) for block in blocks)]) + "\n"
    )


def _lines(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"## {plain(block.text)}"
    elif isinstance(block, Line):
        yield plain(block.text)
    elif isinstance(block, Formula):
        yield f"$${block.latex}$$"
    elif isinstance(block, Items):
        yield from (f"- {plain(text)}" for text in block.texts)
    else:
        yield from captioned_table(block)


def captioned_table(table: TextTable) -> Iterator[str]:
    """Yield the lines of a table of texts, with its caption above and its notes below."""
    yield from (f"**{plain(table.caption)}**", "") if table.caption else ()
    rows = (map(plain, [with_em_spaces(first), *others]) for first, *others in table.rows)
    yield from table_lines(map(plain, table.headings), rows, table.numbers)
    for note in table.notes:
        yield from ("", plain(note))


def table_lines(
    headings: Iterable[str], rows: Iterable[Iterable[str]], numbers: Sequence[bool] | None = None
) -> Iterator[str]:
    """Yield the lines of a table whose cells are Markdown; without `numbers`, no column has an alignment.

    >>> list(table_lines(["city", "rank"], [["Lima", "1"]], [False, True]))
    ['| city | rank |', '| :-- | --: |', '| Lima | 1 |']
    """
    first = list(headings)
    yield _row(first)
    yield _row("--:" if is_number else ":--" for is_number in numbers) if numbers else f"|{'---|' * len(first)}"
    yield from map(_row, rows)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def plain(text: str) -> str:
    """Escape the signs of Markdown in one line; a star inside a word and underscores of names are left as they are."""
    return re.sub(r"([\\|<*`\[])", r"\\\1", one_line(text))
