"""The pages of the methods, from the catalogue: what `docs/methods.md` has on one page, with pictures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indicia.catalogue.hookspecs import KINDS
from indicia.catalogue.reference import HEAD, entry, shipped, summary_over_partitions
from indicia_site.page import Page, cell
from indicia_site.repository_pages import relative

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indicia.catalogue import Catalogue, Offer

    Picture = Callable[[Offer], str]

_STAGES = ("imputation", "treatment", "normalisation", "weighting", "aggregation")
_ANCHOR = re.compile(r"\]\(#([a-z_0-9]+)-([a-z]+)\)")
_SEE = {
    "imputation": "[From raw data to a published index](../../from-raw-data.md)",
    "treatment": "[From raw data to a published index](../../from-raw-data.md)",
    "normalisation": "[Choosing a method](../../choosing-a-method.md)",
    "weighting": "[Choosing a method](../../choosing-a-method.md) "
    "and [Weights from people](../../weights-from-people.md)",
    "aggregation": "[Choosing a method](../../choosing-a-method.md)",
    "agreement": "[After the score](../../after-the-score.md)",
    "consensus": "[After the score](../../after-the-score.md)",
}


def method_pages(picture: Picture | None = None) -> list[Page]:
    """Return the index of the methods, and a page for each method that Indicia ships.

    Parameters
    ----------
    picture
        Draws what a method does, as HTML; without it, the pages have no pictures.
    """
    catalogue = shipped().importable()
    pages = []
    for kind in KINDS:
        names = catalogue.names(kind.name)
        pages += [_page(catalogue.offers[kind.name, name], names, picture) for name in names]
    return [_index(catalogue), *pages]


def _path(kind: str, name: str) -> str:
    return f"methods/{kind}/{name}.md"


def _index(catalogue: Catalogue) -> Page:
    """Return the page that lists the methods, at the place of the page with all of them."""
    text = re.sub(r"<!--.*?-->\n+", "", HEAD)
    lines = [text.replace("Every method that Indicia ships, by kind and name.", "Every method has a page.")]
    for kind in KINDS:
        rows = [
            f"| [{name}]({_path(kind.name, name)}) | {cell(catalogue.offers[kind.name, name].method.summary())} |"
            for name in catalogue.names(kind.name)
        ]
        lines += [
            f"## {kind.hook.removeprefix('indicia_').capitalize()}",
            "",
            "| method | what it does |",
            "|---|---|",
            *rows,
            "",
        ]
    over_partitions = _ANCHOR.sub(lambda found: f"]({_path(found[2], found[1])})", summary_over_partitions(catalogue))
    return Page("methods.md", "\n".join([*lines, over_partitions]), is_listed=True)


def _page(offer: Offer, names: Sequence[str], picture: Picture | None) -> Page:
    path = _path(offer.kind, offer.name)
    text = entry(offer).replace("### ", "# ", 1)
    text = _ANCHOR.sub(lambda found: f"]({relative(_path(found[2], found[1]), path)})", text)
    title, _, body = text.partition("\n")
    drawn = "\n".join(["", "", *_html(picture(offer)), ""]) if picture else ""
    body = _with_picture(body.rstrip(), drawn)
    place = list(names).index(offer.name)
    before = f"[← {names[place - 1]}]({names[place - 1]}.md) · " if place else ""
    after = f" · [{names[place + 1]} →]({names[place + 1]}.md)" if place + 1 < len(names) else ""
    way = f"{before}[all methods](../../methods.md){after}"
    use = (
        [
            f'In an index file: `{offer.kind} = "{offer.name}"` in `[methodology]`.',
            "",
        ]
        if offer.kind not in ("agreement", "consensus")
        else []
    )
    see = f"{_SEE[offer.kind]} tell{'' if ' and ' in _SEE[offer.kind] else 's'} when to use it."
    return Page(path, "\n".join([title, body, "", *use, see, "", way, ""]), (f"{offer.name} ({offer.kind})",))


def _with_picture(body: str, picture: str) -> str:
    """Return the description of a method with its picture below the first formula, or before the first list.

    >>> _with_picture("Take the mean. $$x$$", " PICTURE")
    'Take the mean. $$x$$ PICTURE'
    """
    formula = re.search(r"^\$\$\n.*?^\$\$$", body, re.MULTILINE | re.DOTALL)
    place = formula.end() if formula else body.find("\n\n- ")
    return f"{body[:place]}{picture}{body[place:]}" if place >= 0 else body + picture


def _html(text: str) -> list[str]:
    return ["```{raw} html", text, "```"] if text else []
