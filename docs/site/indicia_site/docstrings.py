"""Docstrings of the numpydoc standard, as Markdown."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from functools import cache
from inspect import cleandoc
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from numpydoc.docscrape import NumpyDocString

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

_LISTS = ("Parameters", "Returns", "Yields", "Raises", "Warns", "Attributes")
_TEXTS = ("Warnings", "Notes", "References", "Examples")


def to_markdown(docstring: str) -> list[str]:
    """Return the lines of a docstring in Markdown.

    >>> to_markdown("Add two numbers.\\n\\nParameters\\n----------\\na : int\\n    The first.")
    ['Add two numbers.', '', '**Parameters**', '', '- **a** (int): The first.', '']
    """
    if not docstring.strip():
        return []
    parsed: Any = NumpyDocString(cleandoc(docstring))
    lines = [*_text(parsed["Summary"]), *_text(parsed["Extended Summary"])]
    for section in _LISTS:
        if parsed[section]:
            lines += [f"**{section}**", "", *map(_item, parsed[section]), ""]
    for section in _TEXTS:
        if parsed[section]:
            lines += [f"**{section}**", "", *_text(parsed[section])]
    return lines


def _item(parameter: Any) -> str:
    name, kind, text = parameter
    shown = f"**{_plain(name)}**" if name else ""
    of_kind = f"{' ' if name else ''}({_plain(kind)})" if name and kind else _plain(kind)
    meaning = " ".join(" ".join(text).split())
    return f"- {shown}{of_kind}{': ' if meaning else ''}{_unread(meaning)}"


def _text(lines: Iterable[str]) -> list[str]:
    """Return paragraphs; what a session of Python shows, and what is indented, is code."""
    result: list[str] = []
    for paragraph in re.split(r"\n\s*\n", "\n".join(lines).strip("\n")):
        if not paragraph.strip():
            continue
        if paragraph.startswith(">>>"):
            result += ["```pycon", paragraph, "```", ""]
        elif all(line.startswith("    ") for line in paragraph.splitlines()):
            result += ["```python", textwrap.dedent(paragraph), "```", ""]
        else:
            result += [_unread(paragraph), ""]
    return result


def _plain(text: str) -> str:
    """Return a name or type whose signs Markdown leaves as they are."""
    return re.sub(r"([*_<>\[\]|~`$])", r"\\\1", text)


def _unread(text: str) -> str:
    """Return a text of Markdown without signs that would begin tags or formulas, outside of code."""
    parts = re.split(r"(`[^`]*`)", text)
    changed = [part if number % 2 else re.sub(r"([<$*])", r"\\\1", part) for number, part in enumerate(parts)]
    return "".join(changed)


@cache
def attribute_texts(owner: type | ModuleType) -> dict[str, str]:
    """Return the texts below the attributes of a class or module, by name."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(owner)))
    except (OSError, TypeError):
        return {}
    first = tree.body[0] if tree.body else None
    body = first.body if isinstance(owner, type) and isinstance(first, ast.ClassDef) else tree.body
    return dict(_texts_below(body))


def _texts_below(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for statement, after in pairwise(body):
        target: ast.expr | None = statement.target if isinstance(statement, ast.AnnAssign) else None
        if isinstance(statement, ast.Assign):
            target = statement.targets[0]
        if isinstance(target, ast.Name) and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            yield target.id, str(after.value.value)
