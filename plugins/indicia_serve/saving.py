"""Chosen methods as a variant at the end of an index file, which keeps its text and its comments."""

from __future__ import annotations

import re
import tomllib
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from indicia.data import write
from indicia.definition import read_toml, with_table
from indicia.definition.origin import Origin
from indicia.errors import DefinitionError, OutputError
from indicia.index import load_index
from indicia_recognition.draft import toml_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia_serve.choices import Choices
    from indicia_serve.sources import Source

_NAME = re.compile(r"[\w-]{1,64}")


def save_variant(source: Source, choices: Choices, name: str) -> dict[str, Any]:
    """Append a variant with the choices to the index file, and return its name and its text.

    Choices that change a variant are saved with the words of that variant, except its name and its note. The variant is
    scored before the file is written, and the file appears complete or not at all.

    Raises
    ------
    DefinitionError
        If the name is no name or is taken, or nothing is chosen.
    OutputError
        If the file has a form to which no variant can be appended, the variant would have other scores than the
        choices, or the file cannot be written.
    """
    check_name(name)
    if not choices.methods and not choices.parts:
        same = f"the variant {choices.variant} again" if choices.variant else "the index"
        raise DefinitionError(f"no method is chosen, so the variant would be {same}", remedy="choose a method first")
    raw, _ = read_toml(source.path, "index file")
    variants = raw.get("variants") or {}
    if name in variants:
        raise DefinitionError(f'the index has a variant "{name}"', remedy="choose another name: none is replaced")
    chosen = choices.apply(source.open())  # names the wrong choice
    table = variant_table(variants.get(choices.variant, {}), choices)
    addition = variant_toml(name, table)
    old = source.path.read_bytes()
    content = _appended(old, addition)
    _check_appended(old, content, name, table)
    text = content.decode("utf-8-sig")
    index = load_index(
        *with_table(tomllib.loads(text), Origin(source.path, text)),
        source.plugins,
        allow_code=source.allow_code,
        only_plugins=source.only_plugins,
    )
    if not index.variant(name).score().scores.equals(chosen.score().scores):
        raise OutputError("the variant would have other scores than this page", remedy="add it to the file by hand")
    write(content, source.path)
    return {"name": name, "toml": addition, "file": source.path.name}


def variant_table(base: Mapping[str, Any], choices: Choices) -> dict[str, Any]:
    """Return the table of a variant: the words of another variant, and the choices in their places.

    >>> from indicia_serve.choices import Choices
    >>> variant_table({"name": "Soft", "levels": [{"aggregation": "min"}]}, Choices({"aggregation": "geometric"}))
    {'levels': [{}], 'aggregation': 'geometric'}
    """
    table = {word: deepcopy(value) for word, value in base.items() if word not in ("name", "note")}
    for level in table.get("levels") or ():
        for stage in choices.methods:
            level.pop(stage, None)
    table |= choices.methods
    for part, texts in choices.parts.items():
        kind, _, identifier = part.partition(".")
        table.setdefault(kind, {}).setdefault(identifier, {}).update(texts)
    return table


def check_name(name: object) -> None:
    """Refuse a name that is no word of letters, digits, - and _.

    >>> check_name("equal weights")
    Traceback (most recent call last):
    indicia.errors.DefinitionError: "equal weights" is no name for a variant
      fix: use up to 64 letters, digits, - and _: equal_weights
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        shown = name if isinstance(name, str) else ""
        example = re.sub(r"[^\w-]+", "_", shown).strip("_")[:64] or "equal_weights"
        raise DefinitionError(
            f'"{shown[:80]}" is no name for a variant', remedy=f"use up to 64 letters, digits, - and _: {example}"
        )


def variant_toml(name: str, table: Mapping[str, Any]) -> str:
    """Return the tables of a variant: one for the variant, and one for each part with words of its own.

    >>> print(variant_toml("soft", {"aggregation": "arithmetic", "indicators": {"co2": {"treatment": "none"}}}))
    [variants.soft]
    aggregation = "arithmetic"
    <BLANKLINE>
    [variants.soft.indicators.co2]
    treatment = "none"
    <BLANKLINE>

    Raises
    ------
    OutputError
        If a word has a value that is written otherwise, such as a date.
    """
    words = {word: value for word, value in table.items() if word not in ("dimensions", "indicators")}
    tables: list[tuple[tuple[str, ...], Mapping[str, Any]]] = [((name,), words)]
    for kind in ("dimensions", "indicators"):
        tables += [((name, kind, part), stated) for part, stated in table.get(kind, {}).items()]
    texts = []
    for path, stated in tables:
        header = ".".join(map(_key, path))
        try:
            lines = [f"{_key(word)} = {toml_value(value)}" for word, value in stated.items()]
        except TypeError as error:
            raise OutputError("the variant has a date or a time", remedy="add it to the file by hand") from error
        texts.append("\n".join([f"[variants.{header}]", *lines]))
    return "\n\n".join(texts) + "\n"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml_value(name)


def _appended(old: bytes, addition: str) -> bytes:
    """Return the content of a file with a text after it, with the line ends of the file."""
    end = b"\r\n" if b"\r\n" in old else b"\n"
    return old.rstrip() + end + end + addition.encode().replace(b"\n", end)


def _check_appended(old: bytes, content: bytes, name: str, table: Mapping[str, Any]) -> None:
    """Refuse a content that is not the old one with a table as one more variant."""
    before = tomllib.loads(old.decode("utf-8-sig"))
    try:
        after = tomllib.loads(content.decode("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise OutputError(
            "no variant can be appended to the index file: its variants are in a table on one line",
            remedy=f"write them as tables, [variants.{_key(name)}], or add the variant by hand",
        ) from error
    variants = dict(after.pop("variants"))
    added = variants.pop(name)
    unchanged = {**after, "variants": variants} == {"variants": {}, **before}
    if not unchanged or added != table:
        raise OutputError("the variant would change other words of the index file", remedy="add it by hand")
