"""Chosen methods as a variant at the end of an index file, which keeps its text and its comments."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from indicia.data import write
from indicia.definition import read_toml, with_table
from indicia.definition.origin import Origin
from indicia.errors import DefinitionError, OutputError
from indicia.index import load_index
from indicia.recognition.draft import toml_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.serve.choices import Choices
    from indicia.serve.sources import Source

_NAME = re.compile(r"[\w-]{1,64}")


def save_variant(source: Source, choices: Choices, name: str) -> dict[str, Any]:
    """Append a variant with the choices to the index file, and return its name and its text.

    The variant is scored before the file is written, and the file appears complete or not at all.

    Raises
    ------
    DefinitionError
        If the name is no name or is taken, nothing is chosen, or the choices change another variant.
    OutputError
        If the file has a form to which no variant can be appended, or cannot be written.
    """
    check_name(name)
    if choices.variant:
        raise DefinitionError(
            f"the choices change the variant {choices.variant}, and a variant states what differs from the index",
            remedy="start from the index to save a variant",
        )
    if not choices.methods and not choices.parts:
        raise DefinitionError("no method is chosen, so the variant would be the index", remedy="choose a method first")
    raw, _ = read_toml(source.path, "index file")
    if name in (raw.get("variants") or {}):
        raise DefinitionError(f'the index has a variant "{name}"', remedy="choose another name: none is replaced")
    choices.apply(source.open())  # names the wrong choice
    addition = variant_toml(name, choices)
    old = source.path.read_bytes()
    content = _appended(old, addition)
    _check_appended(old, content, name)
    text = content.decode("utf-8-sig")
    index = load_index(
        *with_table(tomllib.loads(text), Origin(source.path, text)),
        source.plugins,
        allow_code=source.allow_code,
        only_plugins=source.only_plugins,
    )
    index.variant(name).score()
    write(content, source.path)
    return {"name": name, "toml": addition, "file": source.path.name}


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


def variant_toml(name: str, choices: Choices) -> str:
    """Return the tables of a variant.

    >>> from indicia.serve.choices import Choices
    >>> print(variant_toml("soft", Choices({"aggregation": "arithmetic"}, {"indicators.co2": {"treatment": "none"}})))
    [variants.soft]
    aggregation = "arithmetic"
    <BLANKLINE>
    [variants.soft.indicators.co2]
    treatment = "none"
    <BLANKLINE>
    """
    tables: list[tuple[tuple[str, ...], Mapping[str, str]]] = [((name,), choices.methods)]
    tables += [((name, *part.split(".", 1)), words) for part, words in choices.parts.items()]
    texts = []
    for path, words in tables:
        header = ".".join(map(_key, path))
        texts.append(
            "\n".join([f"[variants.{header}]", *(f"{word} = {toml_value(text)}" for word, text in words.items())])
        )
    return "\n\n".join(texts) + "\n"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml_value(name)


def _appended(old: bytes, addition: str) -> bytes:
    """Return the content of a file with a text after it, with the line ends of the file."""
    end = b"\r\n" if b"\r\n" in old else b"\n"
    return old.rstrip() + end + end + addition.encode().replace(b"\n", end)


def _check_appended(old: bytes, content: bytes, name: str) -> None:
    """Refuse a content that is not the old one with one more variant."""
    before = tomllib.loads(old.decode("utf-8-sig"))
    try:
        after = tomllib.loads(content.decode("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise OutputError(
            "no variant can be appended to the index file: its variants are in a table on one line",
            remedy=f"write them as tables, [variants.{_key(name)}], or add the variant by hand",
        ) from error
    variants = dict(after.pop("variants"))
    variants.pop(name)
    if after != {key: value for key, value in before.items() if key != "variants"} or variants != before.get(
        "variants", {}
    ):
        raise OutputError("the variant would change other words of the index file", remedy="add it by hand")
