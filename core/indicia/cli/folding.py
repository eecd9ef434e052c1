"""Lines of a screen's width, in which a Chinese character takes two columns."""

from __future__ import annotations

import re

from indicia.cli.output import display_width

WIDTH = 80
"""The width of a screen, in columns."""

_OPENING, _CLOSING = "（《「『“", "、。，；：！？）》」』”"
_WORDS = re.compile(
    rf"[{_OPENING}]*(?:[^\s\u2e80-\uffef{_OPENING}{_CLOSING}]+\s*|[\u2e80-\uffef])[{_CLOSING}]*|\s+|[{_OPENING}{_CLOSING}]"
)
"""A word with the space after it, or a Chinese, Japanese or Korean character, with the marks that belong to it."""


def fold(text: str, indent: int = 0, width: int = WIDTH) -> str:
    """Break a text into lines of a width, between words or characters; all lines but the first have an indent.

    >>> print(fold("Left out: one and two", indent=2, width=12))
    Left out:
      one and
      two
    >>> print(fold("因无法计分而未采用", width=12))
    因无法计分而
    未采用
    >>> print(fold("列第（二）名，共", width=8))
    列第
    （二）
    名，共
    """
    lines = [""]
    for word in _WORDS.findall(text):
        if lines[-1].strip() and display_width((lines[-1] + word).rstrip()) > width:
            lines.append(" " * indent)
        lines[-1] += word
    return "\n".join(line.rstrip() for line in lines)
