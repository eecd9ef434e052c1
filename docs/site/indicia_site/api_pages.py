"""The reference of the library, from signatures and docstrings."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, ForwardRef

import indicia
from indicia_site.docstrings import attribute_texts, to_markdown
from indicia_site.page import Page, cell
from indicia_site.public_names import ROOMS, Room, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia_site.public_names import Member

_HEAD = """\
# The library

`import indicia` offers the functions and classes of the first page; the outcomes of their calls have pages of their
own. Authors of plugins import the contracts of the last pages. Only what stands here is public: other modules may
change without notice.
"""
_LONG = 60
"""The longest default that a signature shows, in characters."""


def api_pages() -> list[Page]:
    """Return the page of the library, and one page for each module with public names."""
    rows = [f"| [`{room.module}`]({_file(room)}.md) | {cell(room.about)} |" for room in ROOMS]
    toctree = ["```{toctree}", ":hidden:", "", *map(_file, ROOMS), "```", ""]
    index = "\n".join([_HEAD, "| module | what it has |", "|---|---|", *rows, "", *toctree])
    places = _places()
    return [Page("api/index.md", index, is_listed=True), *(_page(room, places) for room in ROOMS)]


def _places() -> dict[int, str]:
    """Return the page of each class; of a class that several rooms offer, the page of the room for few names."""
    places: dict[int, str] = {}
    for room in sorted(ROOMS, key=lambda room: not room.names):
        for value in filter(inspect.isclass, room.objects.values()):
            places.setdefault(id(value), _file(room))
    return places


def _file(room: Room) -> str:
    return room.module.replace(".", "-")


def _page(room: Room, places: dict[int, str]) -> Page:
    """Return the page of a room; a class with another page is a link to it."""
    lines = [f"# {room.title}", "", room.about, "", f":::{{py:module}} {room.module}", ":::", ""]
    entries = []
    for name, value in room.objects.items():
        entry = f"{room.module}.{name}"
        entries.append(entry)
        if inspect.isclass(value):
            place = places[id(value)]
            module = "indicia" if getattr(indicia, name, None) is value else room.module
            described = [f":::{{py:currentmodule}} {module}", ":::", "", *_class(name, value)]
            lines += described if place == _file(room) else [f"[`{name}`]({place}.md)", ""]
            entries += [f"{entry}.{member.name}" for member in members(value)]
        elif inspect.isfunction(value):
            lines += [f":::{{py:function}} {name}{_signature(value)}", *to_markdown(value.__doc__ or ""), ":::", ""]
        else:
            text = attribute_texts(import_module(room.module)).get(name, "")
            lines += [f":::{{py:data}} {name}", *_data(value), "", *to_markdown(text), ":::", ""]
    return Page(f"api/{_file(room)}.md", "\n".join(lines), tuple(entries))


def _data(value: object) -> list[str]:
    """Return the value of a constant, or the types of an alias, as code."""
    shown = _name(value) if hasattr(value, "__origin__") or hasattr(value, "__args__") else repr(value)
    return ["", f"`{shown}`"] if len(shown) < _LONG * 5 and "<" not in shown else []


def _class(name: str, owner: type) -> Iterator[str]:
    """Yield a class with its attributes."""
    word = "exception" if issubclass(owner, BaseException) else "class"
    try:
        signature = _signature(owner)
    except (TypeError, ValueError):
        signature = ""
    yield f"::::{{py:{word}}} {name}{signature}"
    yield from to_markdown(_own_docstring(owner))
    for member in members(owner):
        yield from _member(member)
    yield from ("::::", "")


def _own_docstring(owner: type) -> str:
    """Return the docstring of a class, unless dataclasses wrote it."""
    text = owner.__doc__ or ""
    return "" if text.startswith(f"{owner.__name__}(") else text


def _member(member: Member) -> Iterator[str]:
    value = member.value
    if member.kind == "method":
        function = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        yield f":::{{py:method}} {member.name}{_signature(function, is_bound=not isinstance(value, staticmethod))}"
        if isinstance(value, classmethod | staticmethod):
            yield f":{type(value).__name__}:"
        yield from to_markdown(function.__doc__ or "")
    elif member.kind == "property":
        getter: Any = value.fget if isinstance(value, property) else value.func
        yield f":::{{py:property}} {member.name}"
        if kind := inspect.get_annotations(getter).get("return"):
            yield f":type: {_name(kind)}"
        yield ""
        yield from to_markdown(getter.__doc__ or "")
    else:
        yield f":::{{py:attribute}} {member.name}"
        if kind := inspect.get_annotations(member.owner).get(member.name):
            yield f":type: {_name(kind)}"
        yield ""
        yield from to_markdown(attribute_texts(member.owner).get(member.name, _text_of_value(value)))
    yield from (":::", "")


def _text_of_value(value: object) -> str:
    """Return the docstring of an attribute that is a class or an enumeration's member, if it has one of its own."""
    return cleandoc(value.__doc__ or "").partition("\n\n")[0] if inspect.isclass(value) else ""


def _signature(function: Any, *, is_bound: bool = False) -> str:
    """Return a signature without the first parameter of a method."""
    signature = inspect.signature(function)
    parameters = list(signature.parameters.values())[1 if is_bound else 0 :]
    words, seen_star = [], False
    for parameter in parameters:
        if parameter.kind is parameter.KEYWORD_ONLY and not seen_star:
            words.append("*")
        seen_star = seen_star or parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL)
        words.append(_parameter(parameter))
    returned = signature.return_annotation
    arrow = "" if returned in (signature.empty, None) or inspect.isclass(function) else f" -> {_name(returned)}"
    return f"({', '.join(words)}){arrow}"


def _parameter(parameter: inspect.Parameter) -> str:
    stars = "*" * (parameter.kind is parameter.VAR_POSITIONAL) + "**" * (parameter.kind is parameter.VAR_KEYWORD)
    kind = "" if parameter.annotation is parameter.empty else f": {_name(parameter.annotation)}"
    if parameter.default is parameter.empty:
        return f"{stars}{parameter.name}{kind}"
    default = repr(parameter.default)
    shown = "..." if "<" in default or len(default) > _LONG else default
    return f"{parameter.name}{kind} = {shown}"


def _name(annotation: Any) -> str:
    """Return an annotation in one line, without the modules of its names; one that Sphinx would misread is left out.

    >>> _name("collections.abc.Sequence[str]"), _name(int), _name(ForwardRef("float"))
    ('Sequence[str]', 'int', 'float')
    """
    if isinstance(annotation, ForwardRef):
        text = annotation.__forward_arg__
    elif isinstance(annotation, str) or hasattr(annotation, "__args__"):
        text = str(annotation)
    else:
        text = getattr(annotation, "__name__", str(annotation))
    text = re.sub(r"\b(?:[a-z_]+\.)+(?=[A-Z])", "", " ".join(text.split()))
    return text if "<" not in text else "object"
