"""The sections of this package: the results that a page shows, with the texts of its languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from indicia.outputs import Rendered, Section
from indicia_paper.dossier import Dossier
from indicia_report.markup import Texts, escape, paragraph
from indicia_report.period_view import PeriodView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.errors import IndiciaError


@dataclass(frozen=True)
class Shown:
    """The results that a section shows, with the view of their period and the texts of the languages of the page."""

    dossier: Dossier
    view: PeriodView
    texts: Texts

    @classmethod
    def of(cls, dossier: Dossier, languages: Sequence[str]) -> Shown:
        """Return the results of a dossier in the languages of a page, the first of which it opens in."""
        texts = Texts(tuple(languages))
        return cls(dossier, PeriodView(dossier.result, texts.languages, dossier.period), texts)


@dataclass(frozen=True)
class PageSection(Section[Dossier]):
    """A section whose heading and sentences are messages of this package."""

    heading: ClassVar[str]
    """The key of the message of the heading."""

    def render(self, dossier: Dossier, languages: Sequence[str]) -> Rendered | None:
        """Return the section in all languages of the page; None if there is nothing to show."""
        return self.render_shown(Shown.of(dossier, languages))

    def render_shown(self, shown: Shown) -> Rendered | None:
        """Return the section of results whose view is built already, which the sections of a page share."""
        html = self.draw(shown)
        return Rendered(shown.texts.get(self.heading), html) if html else None

    def draw(self, shown: Shown) -> str | None:
        """Return the markup below the heading; None if there is nothing to show."""
        raise NotImplementedError


def failed(error: IndiciaError, texts: Texts) -> str:
    """Return the markup in the place of an analysis that failed: the reason, which is English."""
    reason = " ".join([error.reason, *([f"({error.remedy})"] if error.remedy else [])])
    return paragraph(texts.html("not_available")) + f"<p class=note lang=en>{escape(reason)}</p>"
