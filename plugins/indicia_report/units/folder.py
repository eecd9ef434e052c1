"""The files of the pages of all units: each is written when it is asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING
from unicodedata import normalize

from indicia_report.markup import Texts, escape, paragraph, rank_text, row, table
from indicia_report.period_view import PeriodView
from indicia_report.publication import headline, imprint
from indicia_report.units.document import document
from indicia_report.units.page import UnitPageWriter, link_to

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indicia_paper.dossier import Dossier


class UnitPages(Mapping[str, bytes]):
    """The files by name: a page for each unit of a period, best rank first, and `index.html`, which links them."""

    def __init__(self, dossier: Dossier) -> None:
        texts = Texts.of(dossier.language)
        self.dossier = dossier
        self.view = PeriodView(dossier.result, texts.languages[:1], dossier.period)
        self.names = file_names(self.view.units)

    @cached_property
    def _writer(self) -> UnitPageWriter:
        return UnitPageWriter(self.dossier, self.view, self.names)

    @cached_property
    def _rows(self) -> dict[str, int]:
        """The row in the view of each file, in the order of the ranking."""
        return {f"{self.names[self.view.units[at]]}.html": at for at in self.view.order}

    def __iter__(self) -> Iterator[str]:
        return iter((*self._rows, f"{INDEX}.html"))

    def __len__(self) -> int:
        return len(self._rows) + 1

    def __getitem__(self, name: str) -> bytes:
        return self._index() if name == f"{INDEX}.html" else self._writer.page(self._rows[name])

    def _index(self) -> bytes:
        """Return the page that links the pages of the units, with the manifest of the run."""
        view, writer = self.view, self._writer
        rows = [
            row(
                [
                    rank_text(view.ranks[at]),
                    link_to(self.names[view.units[at]], writer.texts.name(view.names[at])),
                    writer.score(float(view.scores[at])),
                ],
                head=1,
            )
            for at in view.order
        ]
        headings = [
            writer.say("unit_page_rank"),
            *(writer.texts.get(key)[writer.language] for key in ("unit", "score")),
        ]
        caption, says = writer.say("unit_page_all"), writer.say("unit_pages_say")
        when = paragraph(writer.texts.html("period_of", period=view.period), "sub") if view.period else ""
        manifest = json.dumps(
            {**self.dossier.result.manifest, **self.dossier.settings}, ensure_ascii=False, indent=1, default=str
        )
        notes = "".join(f"<li>{view.note_html(note, writer.texts)}</li>" for note in self.dossier.result.notes)
        body = [
            f"<header><h1>{writer.texts.name(view.title)}</h1>{headline(view, writer.texts)}{when}",
            f"{paragraph(escape(says))}{f'<ul>{notes}</ul>' if notes else ''}</header><main>",
            table("units", headings, rows, caption=caption, numbers=[1, 3], search=False),
            f"</main><footer>{imprint(view, writer.texts)}",
            f"<details><summary>{writer.texts.html('manifest')}</summary>"
            f"<pre tabindex=0 class=json>{escape(manifest)}</pre></details></footer>",
        ]
        return document(view.title[writer.language], writer.language, "\n".join(body))


INDEX = "index"
_LONGEST = 80
"""The most bytes of a name; file systems allow 255 with the ending."""
_OTHER = re.compile(r"[^\w]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|(com|lpt)[\d¹²³])", re.IGNORECASE)
"""The names that Windows keeps for devices."""


def file_names(units: Iterable[str]) -> dict[str, str]:
    """Return a name of a file for each unit, without ending: letters, digits and hyphens.

    Names that differ in case only are one file on some systems, so that later units get a number.

    >>> file_names(["BRA", "São Paulo", "../etc/passwd", "bra", "", "con", "index"]) == {
    ...     "BRA": "BRA", "São Paulo": "São-Paulo", "../etc/passwd": "etc-passwd", "bra": "bra-2", "": "unit",
    ...     "con": "con-unit", "index": "index-2"
    ... }
    True
    """
    taken, names = {INDEX}, {}
    for unit in units:
        base = _base(unit)
        name, number = base, 1
        while name.casefold() in taken:
            number += 1
            name = f"{base}-{number}"
        taken.add(name.casefold())
        names[unit] = name
    return names


def _base(unit: str) -> str:
    text = _OTHER.sub("-", normalize("NFC", unit.encode(errors="replace").decode())).strip("-_")
    short = text.encode()[:_LONGEST].decode(errors="ignore").strip("-_") or "unit"
    return f"{short}-unit" if _RESERVED.fullmatch(short) else short
