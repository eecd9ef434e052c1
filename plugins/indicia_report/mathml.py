"""The formulas of methods, written in LaTeX, as MathML."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING
from xml.etree.ElementTree import tostring

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_TOKEN = re.compile(r"\\(?:[a-zA-Z]+|.)|[{}]|[^\\{}]+")
_ARG = re.compile(r"\\operatorname\{arg\\,(min|max)\}|\\arg\s*\\(min|max)")
_SHORT = 30
"""The most characters of a formula that fits on a small screen."""
_LIMITS = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}
_WITH_LIMITS = {"min", "max", "sup", "inf", "median", "argmin", "argmax", "∑", "∏"}
"""The operators that have limits below and above."""


def mathml(latex: str) -> str:
    """Return a formula as MathML; a formula that the library cannot convert stays LaTeX.

    >>> mathml(r"\\frac12 x_j")
    '<math displaystyle="true"><mrow><mfrac><mn>1</mn><mn>2</mn></mfrac><msub><mi>x</mi><mi>j</mi></msub></mrow></math>'
    """
    from latex2mathml.converter import convert_to_element  # here, as the library reads a table of 2,800 symbols

    try:
        parts = _split(_ARG.sub(r"\\operatorname{arg\1\2}", latex))
        return " ".join(_to_text(convert_to_element(part, display="block")) for part in parts)
    except Exception:  # The library raises errors of many classes.
        return f"<code>{escape(latex)}</code>"


def scrolls(latex: str) -> str:
    """Return the attribute of the box of a formula that may be wider than a small screen, for the keyboard."""
    return ' tabindex="0"' if len(latex) > _SHORT else ""


def _to_text(math: Element) -> str:
    math.attrib = {"displaystyle": "true"}  # not display="block", as the parts of a formula share a line
    for element in math.iter():
        _correct(element)
    return tostring(math, encoding="unicode")


def _correct(element: Element) -> None:
    """Refuse signs that the library does not convert; set names of functions and limits as LaTeX does."""
    text = element.text = unescape(element.text or "")  # the library writes signs as character references
    if "\\" in text or {"href", "style", "class", "id"} & element.attrib.keys():
        raise ValueError(f"{text} is not converted")
    if element.tag == "mtext":
        element.text = text.replace(" ", "\u00a0")  # browsers drop plain spaces at the ends
    if element.tag in ("mi", "mo") and len(text) > 1 and text.isalpha():
        element.tag = "mo"
        element.attrib = {"form": "prefix", "lspace": "0.17em", "rspace": "0.17em"}
    if element.tag in _LIMITS and unescape(element[0].text or "") in _WITH_LIMITS:
        element.tag = _LIMITS[element.tag]


def _split(latex: str) -> list[str]:
    """Split a formula at wide spaces outside of braces, for line breaks."""
    parts, depth = [""], 0
    for token in _TOKEN.findall(latex):
        depth += (token in ("{", "\\left")) - (token in ("}", "\\right"))
        if token == "\\quad" and not depth:
            parts.append("")
        else:
            parts[-1] += token
    if depth:
        raise ValueError("a brace is not closed, or was not opened")
    return parts
