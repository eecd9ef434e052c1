"""Errors for the faults that pydantic finds in an index file: the word, its line, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from indicia.definition.data_section import Data
from indicia.definition.model import Definition
from indicia.definition.section import Section, StatedSections
from indicia.errors import DefinitionError, explain_validation, join_names, suggest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from indicia.definition.origin import Origin


def explain_faults(
    error: ValidationError, raw: Mapping[str, Any], origin: Origin, file: type[Section] = Definition
) -> DefinitionError:
    """Return an error for the first fault that pydantic reports; `file` is the class of the file as a whole."""
    first, *others = error.errors()
    first_path = _path_in(raw, first["loc"])
    # pydantic reports a fault for each form that a value may have; the deepest fault is of the intended form
    forms = [finding for finding in others if _path_in(raw, finding["loc"])[: len(first_path)] == first_path]
    finding = max((first, *forms), key=lambda finding: len(_path_in(raw, finding["loc"])))
    keys = _path_in(raw, finding["loc"])
    name = ".".join(map(str, keys))
    if finding["type"] == "extra_forbidden":
        return _unknown_key(keys, origin, file)
    place = finding["loc"][-1]
    if finding["type"] == "too_long" or (finding["type"] == "missing" and isinstance(place, int)):
        return DefinitionError(
            f"{name} must be two numbers", where=origin.where(keys), remedy=f"{keys[-1]} = [from, to]"
        )
    if finding["type"] == "missing":
        addition = "add [indicators], one line each" if place == "indicators" else f"add {place} = …"
        what = f"{name or 'the index file'} does not say {place}"
        return DefinitionError(what, where=origin.where(keys), remedy=addition)
    # a parameter of a method: skip(minimum_share=2)
    if place != keys[-1] and place in _section_of(keys, file).model_fields:
        name, words = f"{name}.{place}", [*keys, place]
    else:
        words = keys
    fault, remedy = explain_validation(finding)
    if finding is first and first["type"] != "literal_error":
        fault += "".join(f" or {form['ctx']['expected']}" for form in forms if form["type"] == "literal_error")
    if finding["type"] in ("model_type", "list_type", "tuple_type") and len(keys) == 1:
        remedy = remedy or _brackets(str(keys[0]), finding["input"])
    if remedy and remedy.startswith("["):
        remedy = f"{keys[-1]} = {remedy}"
    where = _contradictory_lines(raw, keys, fault, origin) if finding["type"] == "value_error" else None
    return DefinitionError(
        f"{name}{fault}", where=where or origin.where(keys), remedy=remedy or _within_limits(finding, words, file)
    )


def _brackets(section: str, value: object) -> str | None:
    """Return the heading of a section that the file writes as the other kind of section."""
    if isinstance(value, Mapping):
        return f"write the heading with two brackets: [[{section}]]"
    return f"write one section, [{section}]" if isinstance(value, list) else None


def _unknown_key(keys: Sequence[int | str], origin: Origin, file: type[Section]) -> DefinitionError:
    if len(keys) == 4 and (keys[0], keys[2]) == ("variants", "data") and keys[3] in Data.model_fields:
        return _other_table(keys, origin)
    table = ".".join(map(str, keys[:-1])) or ("the index file" if _is_index(file) else "the file")
    return DefinitionError(
        f'unknown key "{keys[-1]}" in {table}',
        where=origin.where(keys),
        remedy=_remedy_for_key(str(keys[-1]), keys[:-1], file),
    )


def unknown_section(name: str, origin: Origin, offered: Collection[str], left_out: Collection[str]) -> DefinitionError:
    """Return the error for a section that neither the core nor a plugin has; `left_out` are plugins not in use."""
    remedy = _remedy_for_key(name, (), Definition, offered)
    if left_out and not (remedy or "").startswith("did"):
        remedy = f"if it is a section of {join_names(left_out)}, leave out --no-plugins or --only-plugins"
    return DefinitionError(f'unknown key "{name}" in the index file', where=origin.where([name]), remedy=remedy)


def _is_index(file: type[Section]) -> bool:
    """Return True for models of an index file, not of another file with sections."""
    return issubclass(file, Definition | StatedSections)


_COUNTERPARTS = {("dimensions", "dimension"): "parent", ("indicators", "parent"): "dimension"}
"""The key of a table that means what a key of another table means."""
_METHODOLOGICAL = ("data", "dimensions", "indicators", "screening", "methodology", "eligible", "bands")
"""The tables whose keys are suggested in place of the same key in another table."""


def _remedy_for_key(
    key: str, place: Sequence[int | str], file: type[Section], further: Iterable[str] = ()
) -> str | None:
    """Return the remedy for an unknown key: the right key of the table, or the table to which the key belongs."""
    known = [*_section_of(place, file).model_fields, *further]
    for (table, name), word in _COUNTERPARTS.items():
        if name == key and table in place and word in known:
            return f'did you mean "{word}"?'
    if _is_index(file) and not get_close_matches(key, known, n=1, cutoff=0.85):
        if place and (inside := _tables_with(key, _section_of(place, file))):
            return f"write {' or '.join(f'{name}.{key}' for name in inside)}"
        if owners := [f"[{name}]" for name in _tables_with(key, Definition) if name in _METHODOLOGICAL]:
            return f"write it in {' or '.join(owners)}"
    return suggest(key, known)


def _contradictory_lines(raw: Any, keys: Sequence[int | str], fault: str, origin: Origin) -> str | None:
    """Return the lines of the keys of a table that its fault names, since keys may contradict each other."""
    table = raw
    for key in keys:
        table = table[key]
    if not isinstance(table, Mapping):
        return None
    named = [word for word in table if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", fault)]
    return origin.lines(*([*keys, word] for word in named)) if named else None


def _other_table(keys: Sequence[object], origin: Origin) -> DefinitionError:
    """Return the error for a variant with words of [data] that decide which units there are."""
    return DefinitionError(
        f'variant "{keys[1]}" changes {keys[3]} of [data], and all variants score the units of one table',
        where=origin.lines(keys, ["data", keys[3]]),
        remedy="write another index file with its own [data], and compare the two files",
    )


def _within_limits(finding: ErrorDetails, keys: Sequence[int | str], file: type[Section]) -> str | None:
    """Return a remedy for a number beyond its limits: the limit, and the default."""
    limits = {"ge": "{:g}, or more", "gt": "a number above {:g}", "le": "{:g}, or less", "lt": "a number below {:g}"}
    limit = next(
        (words.format(value) for key, value in finding.get("ctx", {}).items() if (words := limits.get(key))), None
    )
    if limit is None or not keys:
        return None
    field = _section_of(keys[:-1], file).model_fields.get(str(keys[-1]))
    default = field.default if field is not None and type(field.default) in (int, float) else None
    return f"{keys[-1]} = {limit}" + ("" if default is None else f"; the default is {default:_g}")


def _path_in(raw: Any, loc: Sequence[int | str]) -> list[int | str]:
    """Return the keys of a path that exist in the file; pydantic adds names for the members of unions."""
    path: list[int | str] = []
    for key in loc:
        try:
            raw = raw[key]
        except (KeyError, IndexError, TypeError):
            continue
        path.append(key)
    return path


def _section_of(keys: Sequence[object], file: type[Section]) -> type[Section]:
    """Return the class of the innermost table of a file that keys lead to, by the types of fields."""
    section, kind = file, file
    for key in keys:
        kind = _type_within(kind, key)
        section = next(iter(_sections(kind)), section)
    return section


def _type_within(kind: Any, key: object) -> Any:
    """Return the type of a value by its key in a table, a mapping or a list; None for other values."""
    if isinstance(kind, type) and issubclass(kind, Section):
        field = kind.model_fields.get(str(key))
        return field.annotation if field is not None else None
    arguments = get_args(kind)
    if get_origin(kind) is dict:
        return arguments[1]
    if get_origin(kind) in (tuple, list):
        return arguments[0]
    within = (_type_within(member, key) for member in arguments if get_origin(kind) in _ALTERNATIVES)
    return next((member for member in within if member is not None), None)


_ALTERNATIVES = (Union, UnionType, Annotated)


def _sections(kind: Any) -> Iterator[type[Section]]:
    """Yield the classes of tables among the alternatives of a type."""
    if isinstance(kind, type) and issubclass(kind, Section):
        yield kind
    for member in get_args(kind) if get_origin(kind) in _ALTERNATIVES else ():
        yield from _sections(member)


def _tables_with(key: str, section: type[Section]) -> list[str]:
    """Return the fields of a section that are tables, or hold tables by name or in a list, with this key."""
    kinds = {name: field.annotation for name, field in section.model_fields.items()}
    tables = {name: [*_sections(kind), *_sections(_type_within(kind, ""))] for name, kind in kinds.items()}
    return [name for name, classes in tables.items() if any(key in table.model_fields for table in classes)]
