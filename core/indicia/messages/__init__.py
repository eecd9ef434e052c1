"""Sentences for readers in English and in Chinese, read from the files of this folder when a sentence is needed.

A file `NAME.toml` has a table for each sentence: `[gap] en = "{a} is {gap} ahead of {b}"`, `zh = "…"`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


@cache
def sentences() -> dict[str, tuple[str, str]]:
    """Return all sentences, English and Chinese, by key."""
    texts: dict[str, tuple[str, str]] = {}
    for file in sorted(files(__package__).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            own = texts_in(file)
            if shared := texts.keys() & own.keys():
                raise ValueError(f"two files have the sentence {min(shared)}")
            texts |= own
    return texts


def texts_in(file: Traversable) -> dict[str, tuple[str, str]]:
    """Return the texts of a file in the form of the files of this folder, English and Chinese, by key."""
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    return {key: (words["en"], words["zh"]) for key, words in tables.items()}
