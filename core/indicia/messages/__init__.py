"""Sentences for readers in English and in Chinese, read from the files of this folder when a sentence is needed.

A file `NAME.toml` has a table for each sentence: `[gap] en = "{a} is {gap} ahead of {b}"`, `zh = "…"`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def sentences() -> dict[str, tuple[str, str]]:
    """Return all sentences, English and Chinese, by key."""
    texts: dict[str, tuple[str, str]] = {}
    for file in sorted(files(__package__).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            for key, words in tomllib.loads(file.read_text(encoding="utf-8")).items():
                if key in texts:
                    raise ValueError(f"two files have the sentence {key}")
                texts[key] = (words["en"], words["zh"])
    return texts
