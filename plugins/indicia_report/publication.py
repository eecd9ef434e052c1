"""The publication of the index, and the works behind it, on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.citations import link_of, plain
from indicia_report.markup import Html, by_language, escape, paragraph

if TYPE_CHECKING:
    from indicia.citations import Citation
    from indicia.definition import Publication
    from indicia_report.markup import Texts
    from indicia_report.period_view import PeriodView


def headline(view: PeriodView, texts: Texts) -> str:
    """Return the line of publisher, edition, date and licence; empty if the index file states none of them."""
    publication = view.result.definition.publication
    if publication is None:
        return ""
    parts = [texts.name(by_language(publication.publisher, texts.languages, ""))] if publication.publisher else []
    if publication.edition:
        parts.append(texts.html("edition_of", edition=by_language(publication.edition, texts.languages, "")))
    parts += [escape(publication.date)] if publication.date else []
    parts += [_licence(publication, texts)] if publication.licence else []
    return f'<p class="sub">{" · ".join(parts)}</p>' if parts else ""


def imprint(view: PeriodView, texts: Texts) -> str:
    """Return the lines of the footer: how to cite the index, licence, contact and address."""
    publication = view.result.definition.publication
    if publication is None:
        return ""
    links = [_link(address) for address in _addresses(publication)]
    # the style sheet begins each line with a capital letter, and an address has none
    heading = texts.join([texts.get("how_to_cite"), dict.fromkeys(texts.languages, "")], "colon")
    lines = [Html(" ".join([f"{texts.show(heading)}{_citation(publication, view, texts)}", *links]))]
    if publication.licence:
        lines.append(_licence(publication, texts))
    if publication.contact:
        lines.append(texts.html("contact_of", contact=by_language(publication.contact, texts.languages, "")))
    return "".join(paragraph(line, "note") for line in lines if line)


def facts_of_publication(view: PeriodView, texts: Texts) -> list[tuple[Html, Html]]:
    """Return the facts that the index file states of the publication: the name of each, and its text."""
    publication = view.result.definition.publication
    if publication is None:
        return []
    facts: list[tuple[str, Html | None]] = [
        ("publisher", _text(publication.publisher, texts)),
        ("authors", Html(f"<bdi>{escape('; '.join(publication.authors))}</bdi>") if publication.authors else None),
        ("edition", _text(publication.edition, texts)),
        ("date", escape(publication.date) if publication.date else None),
        ("licence", _text(publication.licence, texts)),
        ("contact", _text(publication.contact, texts)),
        ("citation", _citation(publication, view, texts)),
        ("addresses", Html(" ".join(map(_link, _addresses(publication)))) or None),
    ]
    return [(texts.html(f"method.publication_{name}"), fact) for name, fact in facts if fact]


def _text(value: object, texts: Texts) -> Html | None:
    return texts.name(by_language(value, texts.languages, "")) if value else None


def _licence(publication: Publication, texts: Texts) -> Html:
    return texts.html("licence_of", licence=by_language(publication.licence, texts.languages, ""))


def _addresses(publication: Publication) -> list[str]:
    addresses = (f"https://doi.org/{publication.doi}" if publication.doi else None, publication.url)
    return [address for address in addresses if address]


def _citation(publication: Publication, view: PeriodView, texts: Texts) -> Html:
    if publication.citation:
        return texts.name(by_language(publication.citation, texts.languages, ""))
    index = next(work for work in view.result.cite() if work.role == "index")
    return Html(f"<bdi>{escape(plain(index, with_link=False))}</bdi>")


def references(view: PeriodView, texts: Texts) -> str:
    """Return the list of the sources of the data, and the list of the works behind the methods."""
    works = view.result.cite()
    lists = (("data_sources", ("data",)), ("references", ("software", "method")))
    parts = []
    for heading, roles in lists:
        items = "".join(f"<li lang=en>{_work(work)}" for work in works if work.role in roles)
        parts += [f"<h3>{texts.html(heading)}</h3><ul>{items}</ul>"] if items else []
    return "".join(parts)


def _work(work: Citation) -> Html:
    address = link_of(work)
    sentence = escape(plain(work, with_link=False))
    return Html(f"{sentence} {_link(address)}") if address.startswith(("https://", "http://")) else Html(sentence)


def _link(address: str) -> Html:
    return Html(f'<a rel="noreferrer" href="{escape(address)}">{escape(address)}</a>')
