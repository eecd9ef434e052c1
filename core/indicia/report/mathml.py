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
_LIMITS = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}
_WITH_LIMITS = {"min", "max", "sup", "inf", "median", "argmin", "argmax", "∑", "∏"}
"""The operators with their limits below and above, and not behind."""


def mathml(latex: str) -> str:
    """Return a formula as MathML, or as its LaTeX where it cannot be converted.

    >>> mathml(r"\\frac12 x_j")
    '<math displaystyle="true"><mrow><mfrac><mn>1</mn><mn>2</mn></mfrac><msub><mi>x</mi><mi>j</mi></msub></mrow></math>'
    """
    from latex2mathml.converter import convert_to_element  # here, as the library reads a table of 2,800 symbols

    try:
        parts = _split(_ARG.sub(r"\\operatorname{arg\1\2}", latex))
        return " ".join(_tidied(convert_to_element(part, display="block")) for part in parts)
    except Exception:  # The library has many kinds of errors, and built-in ones for what it does not foresee.
        return f"<code>{escape(latex)}</code>"


def _tidied(math: Element) -> str:
    math.attrib = {"displaystyle": "true"}  # not display="block", as the parts of a formula share a line
    for element in math.iter():
        _tidy(element)
    return tostring(math, encoding="unicode")


def _tidy(element: Element) -> None:
    """Refuse what the library did not convert; set names of functions and limits of operators as LaTeX does."""
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
    """Split a formula at wide spaces outside of braces, so that a line can be broken there."""
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
