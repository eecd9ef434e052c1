"""The Method view of the page: the sections of all plugins, written on the server and complete without script."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from indicia import tracing
from indicia.callers import warn
from indicia.catalogue import installed
from indicia.errors import PluginError, PluginWarning
from indicia.outputs import Section, place_islands
from indicia_report.markup import Html, escape, paragraph
from indicia_report.method.page_section import PageSection, Shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.catalogue import Catalogue, Offer
    from indicia.outputs import Rendered, View
    from indicia_paper.dossier import Dossier
    from indicia_report.markup import Texts
    from indicia_report.period_view import PeriodView


def method_view(dossier: Dossier, view: PeriodView, texts: Texts, catalogue: Catalogue | None = None) -> Html:
    """Return the Method view: links to its sections, and the sections of all plugins in their order.

    Parameters
    ----------
    dossier
        The results.
    view
        The period that the page shows.
    texts
        The texts of the languages of the page.
    catalogue
        The catalogue whose sections are shown; by default that of the installed plugins.
    """
    sections = list(_sections("method", Shown(dossier, view, texts), catalogue))
    links = "".join(f'<li><a href="#{name}">{title}</a>' for name, title, _ in sections)
    contents = f'<nav class="contents" aria-label="{texts.attribute(texts.get("contents"))}"><ul>{links}</ul></nav>'
    return Html("\n".join([contents, *(markup for _, _, markup in sections)]))


def results_sections(dossier: Dossier, view: PeriodView, texts: Texts, catalogue: Catalogue | None = None) -> Html:
    """Return the sections that plugins add below the results; empty without any."""
    return Html("\n".join(markup for _, _, markup in _sections("results", Shown(dossier, view, texts), catalogue)))


def _sections(view: View, shown: Shown, catalogue: Catalogue | None) -> Iterator[tuple[str, Html, str]]:
    """Yield the id, the heading and the markup of each section of a view, in the order of the page."""
    texts, nodes, units = shown.texts, _nodes(shown), set(shown.view.units)
    for offer in _offers(view, catalogue):
        name, is_own = f"m-{offer.name.replace('_', '-')}", offer.plugin == __package__.partition(".")[0]
        try:
            section = cast("Section[Dossier]", offer.method())
            rendered = _render(section, shown)
            problem = None if rendered is None or is_own else rendered.problem(nodes, units)
        except Exception as error:
            if is_own:
                raise  # a fault of this package is a bug, and keeps its traceback
            rendered, problem = None, f"fails: {type(error).__name__}: {error}"
        if problem is not None:
            sentence = f'section "{offer.name}" of {offer.plugin} {problem}'
            warn(f"the page leaves out {sentence}", PluginWarning)
            heading, content = escape(offer.name), _left_out(sentence, texts)
        elif rendered is not None:
            first = next(iter(rendered.title.values()))
            heading = texts.show({language: rendered.title.get(language, first) for language in texts.languages})
            content = place_islands(rendered.html, rendered.islands) if rendered.islands else rendered.html
        else:
            continue
        label = f'<h2 id="{name}-h">{heading}</h2>'
        yield name, heading, f'<section id="{name}">{label}{content}</section>'


def _offers(view: View, catalogue: Catalogue | None) -> list[Offer]:
    """Return the sections of a view by their order, then by name."""
    catalogue = installed(kinds=["section"]) if catalogue is None else catalogue.with_kind("section")
    offers = (catalogue.offers["section", name] for name in catalogue.names("section"))
    placed = [(*_place(offer), offer) for offer in offers]
    return [offer for of_view, _, offer in sorted(placed, key=lambda entry: entry[1]) if of_view == view]


def _place(offer: Offer) -> tuple[View, int]:
    """Return the view and the order of a section; the usual ones for a section that cannot be imported."""
    try:
        section = cast("type[Section[Dossier]]", offer.method)
    except PluginError:
        section = Section
    return section.view, section.order


def _render(section: Section[Dossier], shown: Shown) -> Rendered | None:
    def render() -> Rendered | None:
        if isinstance(section, PageSection):
            return section.render_shown(shown)
        return section.render(shown.dossier, shown.texts.languages)

    return tracing.called(section, "the page", {}, render)


def _nodes(shown: Shown) -> set[str]:
    return {shown.view.tree.id, *(part.id for part in shown.view.descendants)}


def _left_out(sentence: str, texts: Texts) -> str:
    return paragraph(texts.html("not_available")) + f"<p class=note lang=en>{escape(sentence)}</p>"
