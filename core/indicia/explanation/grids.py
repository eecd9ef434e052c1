"""Small tables of explanations for the screen and for notebooks: texts in columns, with bars."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from indicia.notes import Note

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Grid:
    """A table of texts; leading spaces of a first cell indent it."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()
    """The columns that are flush right, from 0."""
    texts: frozenset[int] = frozenset({0})
    """The columns that a narrow screen may cut; other columns have figures."""
    title: str = ""
    more: str = ""
    """The line below the rows, such as the number of the rows that are left out."""
    shorter: Mapping[str, str] = field(default_factory=dict)
    """Cells, each with the text that replaces it on a screen that would cut it, such as a figure without its unit."""

    def without_empty_columns(self) -> Grid:
        """Return the table without columns that have no figure in any row; the first column stays."""
        kept = [
            place
            for place in range(len(self.headings))
            if place == 0 or any(row[place] not in ("", "–") for row in self.rows)
        ]
        return Grid(
            tuple(self.headings[place] for place in kept),
            tuple(tuple(row[place] for place in kept) for row in self.rows),
            frozenset(number for number, place in enumerate(kept) if place in self.right),
            frozenset(number for number, place in enumerate(kept) if place in self.texts),
            self.title,
            self.more,
            self.shorter,
        )

    @property
    def html(self) -> str:
        """The table as HTML; bars need letters of one width."""
        return (
            (f"<p><b>{escape(self.title)}</b></p>" if self.title else "")
            + "<table><thead>"
            + self._row(self.headings, "th")
            + "</thead><tbody>"
            + "".join(self._row(row, "td") for row in self.rows)
            + "</tbody></table>"
            + (f"<p>{escape(self.more)}</p>" if self.more else "")
        )

    def _row(self, cells: Sequence[str], tag: str) -> str:
        return f"<tr>{''.join(self._cell(cell, place, tag) for place, cell in enumerate(cells))}</tr>"

    def _cell(self, cell: str, place: int, tag: str) -> str:
        text = cell.lstrip(" ") if place == 0 else cell
        style = [f"text-align:{'right' if place in self.right else 'left'}"]
        style += [f"padding-left:{len(cell) - len(text) + 1}ch"] if place == 0 else []
        style += ["font-family:monospace;white-space:pre"] if "│" in cell else []
        return f'<{tag} style="{";".join(style)}">{escape(text)}</{tag}>'


def heading(key: str, language: str | None, **values: object) -> str:
    """Return a word of `messages/explained.toml` in a language."""
    return Note(key, **values).in_language(language, {})
