"""Check the markup of a section: a section runs nothing, fetches nothing, and cannot break the page around it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_REFUSED = frozenset(
    (
        *("applet", "audio", "embed", "iframe", "img", "link", "object", "script", "source", "style", "track", "video"),
        *("button", "dialog", "form", "input", "select", "textarea"),
        *("base", "body", "frame", "frameset", "head", "html", "main", "meta", "noscript", "slot", "template"),
    )
)
"""Elements that run or fetch something, ask the reader for something, or belong to the page around the sections."""
_VOID = frozenset(["area", "br", "col", "hr", "wbr"])
_OPTIONAL_END = frozenset(["colgroup", "dd", "dt", "li", "p", "tbody", "td", "tfoot", "th", "thead", "tr"])
"""Elements whose end tags HTML allows to leave out."""
_CELLS = ("td", "th")
_CLOSED_BY = {
    **dict.fromkeys(_CELLS, _CELLS),
    "tr": (*_CELLS, "tr"),
    **dict.fromkeys(("tbody", "tfoot"), (*_CELLS, "tr", "thead", "tbody")),
    "li": ("li",),
    **dict.fromkeys(("dt", "dd"), ("dt", "dd")),
    "p": ("p",),
}
"""By element, the open elements that its start tag closes."""
_ADDRESSES = ("https://", "http://", "mailto:", "#")


def markup_problem(html: str) -> str | None:
    """Return the reason why a page refuses the markup of a section, as a clause after "its markup"; None if it is fit.

    Parameters
    ----------
    html : str
        The markup.

    Returns
    -------
    str or None
        The clause.

    Examples
    --------
    >>> markup_problem("<p>Two <b>units</b></p>"), markup_problem("<p style='color:red'>Two units")
    (None, "has the attribute style of <p>, which the page's policy refuses")
    >>> markup_problem("<div><p>Two units"), markup_problem("Two units</section>")
    ('does not close <div>', 'closes <section>, which it did not open')
    """
    reader = _Reader()
    try:
        reader.feed(html)
        reader.close()
    except AssertionError as error:  # the library's word for markup that it cannot read
        return f"cannot be read: {error}"
    if reader.problem is None and reader.rawdata:
        return "ends within a tag"
    return reader.problem or reader.unclosed()


class _Reader(HTMLParser):
    """Reads markup up to its first problem."""

    def __init__(self) -> None:
        super().__init__()
        self.problem: str | None = None
        self._open: list[str] = []
        self._ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._look_at(tag, attrs)
        while self._open and self._open[-1] in _CLOSED_BY.get(tag, ()):
            self._open.pop()
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # outside of drawings, HTML ignores the slash of <p/>
        self._look_at(tag, attrs)
        if tag not in _VOID and not {"svg", "math"} & {*self._open, tag}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._open:
            self._found(f"closes <{tag}>, which it did not open")
            return
        while (last := self._open.pop()) != tag:
            if last not in _OPTIONAL_END:
                self._found(f"does not close <{last}>")
                return

    def handle_comment(self, data: str) -> None:
        del data  # a comment may end elsewhere than a reader of the markup thinks
        self._found("has a comment")

    def handle_decl(self, decl: str) -> None:
        self._found(f"has the declaration <!{decl:.20}>")

    def unknown_decl(self, data: str) -> None:
        self._found(f"has the declaration <![{data:.20}]>")

    def handle_pi(self, data: str) -> None:
        self._found(f"has the instruction <?{data:.20}>")

    def unclosed(self) -> str | None:
        """Return the problem of the elements that are still open."""
        left = [tag for tag in self._open if tag not in _OPTIONAL_END]
        return f"does not close <{left[-1]}>" if left else None

    def _look_at(self, tag: str, attributes: Iterable[tuple[str, str | None]]) -> None:
        if tag in _REFUSED:
            self._found(f"has the element <{tag}>, which a section may not have")
        for name, value in attributes:
            if name == "style" or name.startswith("on") or name == "srcdoc":
                self._found(f"has the attribute {name} of <{tag}>, which the page's policy refuses")
            elif name in ("src", "action", "formaction", "data", "poster", "background"):
                self._found(f"has the attribute {name} of <{tag}>, and a page fetches nothing")
            elif name in ("href", "xlink:href") and not (value or "").strip().lower().startswith(_ADDRESSES):
                self._found(f"has the address {value!r:.60}, which begins with none of {' '.join(_ADDRESSES)}")
            elif name == "id":
                if value in self._ids:
                    self._found(f"has the id {value!r:.40} twice")
                self._ids.add(value or "")

    def _found(self, problem: str) -> None:
        self.problem = self.problem or problem
