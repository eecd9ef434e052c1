"""The pages of the hooks of plugins: the specification of each, and its page of `docs/hooks` if there is one."""

from __future__ import annotations

from inspect import cleandoc
from typing import TYPE_CHECKING

from indicia.catalogue import hookspecs
from indicia.catalogue.hookspecs import HOOKS, Kind
from indicia_site.page import Page, cell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.catalogue.hookspecs import Hook

_HEAD = """\
# The hooks

A plugin is a module with functions of these names, marked with `hookimpl`. The hook of a kind of method takes no
arguments, and returns classes, or a mapping of names to classes and places (`"module:Class"`), of which only those in
use are imported.
[Plugins](../plugins.md) explains how to write, test and publish one; [Writing a method](../writing-a-method.md) and
[Writing an output](../writing-an-output.md) explain the contracts. `indicia plugins new NAME --kind KIND` writes a
package that works.
"""


def hook_pages(written: Mapping[str, Page]) -> list[Page]:
    """Return the page of hooks, and one page for each hook.

    Parameters
    ----------
    written
        The pages of the repository by path, of which those of hooks are extended.
    """
    pages = [_page(kind, written.get(_path(kind))) for kind in HOOKS]
    rows = [f"| [`{kind.hook}`]({kind.name}.md) | {cell(_summary(kind))} |" for kind in HOOKS]
    toctree = ["```{toctree}", ":hidden:", "", *(kind.name for kind in HOOKS), "```", ""]
    index = "\n".join([_HEAD, "| hook | what it offers |", "|---|---|", *rows, "", *toctree])
    return [Page("hooks/index.md", index, is_listed=True), *pages]


def _path(kind: Hook) -> str:
    return f"hooks/{kind.name}.md"


def _specification(kind: Hook) -> tuple[str, str]:
    """Return the description and the example of a hook, from its docstring."""
    text = cleandoc(getattr(hookspecs, kind.hook).__doc__ or "")
    description, _, example = text.partition("Examples\n--------\n")
    return description.partition("Returns\n-------\n")[0].strip(), example.strip()


def _summary(kind: Hook) -> str:
    return _specification(kind)[0].partition("\n")[0]


def _page(kind: Hook, written: Page | None) -> Page:
    description, example = _specification(kind)
    shown = ["", "## A complete plugin", "", "```python", example, "```", ""] if example else [""]
    if written is not None:
        return Page(_path(kind), "\n".join([written.text.rstrip(), *shown]), (kind.hook,), assets=written.assets)
    assert isinstance(kind, Kind), f"{_path(kind)} is to be written"
    also = [
        "",
        f"The base class is `{kind.base.__module__.rsplit('.', 1)[0]}.{kind.base.__name__}`; [Writing an "
        "output](../writing-an-output.md) explains it.",
    ]
    return Page(_path(kind), "\n".join([f"# {kind.hook}", "", description, *also, *shown]), (kind.hook,))
