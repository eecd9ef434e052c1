"""The message catalogue: each package has a folder `messages` with one file for each language.

A file `LANGUAGE.toml` has a line for each message. Its key is a name, whose English text stands in `en.toml`, or the
English text itself, which needs no line in `en.toml`. A message with a form for each plural of the language is a table.

    language.name = "中文"
    language.complete = true
    "few values" = "有效值过少"

    [count]
    unit = { other = "{count} 个单位" }

The names are `language.name` and `count.unit`. A message that a language lacks is English, and a test fails where the
language calls itself complete.
"""

from __future__ import annotations

import tomllib
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from indicia.errors import PluginWarning

Message: TypeAlias = str | Mapping[str, str]
"""A sentence with slots, or a sentence for each plural form of the language: {"one": "{count} unit", "other": …}."""


_FORMS = frozenset(("zero", "one", "two", "few", "many", "other"))


@dataclass(frozen=True)
class Catalogue:
    """The messages of a package.

    >>> CORE.message("count.unit", "en", 1), CORE.text("table.rank_of", "zh", group="省")
    ('{count} unit', '省内排名')
    """

    folder: Path

    def messages(self, language: str) -> Mapping[str, Message]:
        """Return the messages of a language by key; none of a language without a file."""
        return read_messages(self.folder, language)

    def languages(self) -> tuple[str, ...]:
        """Return the languages that have a file, English first."""
        return _languages(self.folder)

    def message(self, key: str, language: str | None, count: object = None) -> str:
        """Return a message in a language, in English if the language lacks it; `count` decides its plural form."""
        english = self.messages("en")
        own = english if language is None else self.messages(language)
        form, spoken = (own[key], language or "en") if key in own else (english[key], "en")
        if isinstance(form, str):
            return form
        number = int(str(count).replace(",", "")) if count is not None else 2
        return form.get(plural_form(spoken, number), form["other"])

    def text(self, key: str, language: str | None, /, **slots: object) -> str:
        """Return a message in a language with its slots filled."""
        return self.message(key, language, slots.get("count")).format(**slots)


CORE = Catalogue(Path(__file__).parent)
"""The messages of the core."""


@cache
def read_messages(folder: Path, language: str) -> Mapping[str, Message]:
    """Return the messages of a file by key; none without a file, and none with a warning if it cannot be read."""
    path = folder / f"{language}.toml"
    try:
        return dict(_flat(tomllib.loads(path.read_text(encoding="utf-8"))))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        warnings.warn(f"{path} cannot be read, so that its texts stay English: {error}", PluginWarning, stacklevel=3)
        return {}


def _flat(content: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Message]]:
    for key, value in content.items():
        if isinstance(value, str) or (isinstance(value, dict) and value.keys() <= _FORMS and "other" in value):
            yield prefix + key, value
        elif isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")


@cache
def _languages(folder: Path) -> tuple[str, ...]:
    return tuple(
        sorted((file.stem for file in folder.glob("*.toml")), key=lambda language: (language != "en", language))
    )


def plural_form(language: str, number: int) -> str:
    """Return the plural form of a whole number, as the Unicode CLDR names it.

    Other languages than these have the rule of English: one for 1, other for the rest.

    >>> [plural_form("en", number) for number in (0, 1, 2)], plural_form("fr", 0), plural_form("zh", 1)
    (['other', 'one', 'other'], 'one', 'other')
    >>> [plural_form("ru", number) for number in (1, 3, 5, 11, 21)], [plural_form("pl", number) for number in (2, 12)]
    (['one', 'few', 'many', 'many', 'one'], ['few', 'many'])
    """
    base, last, last_two = language.partition("-")[0], number % 10, number % 100
    if base in ("zh", "ja", "ko", "th", "vi", "id", "ms", "lo", "my"):
        return "other"
    if base in ("fr", "pt"):
        return "one" if number in (0, 1) else "other"
    if base in ("ru", "uk", "be", "sr", "hr", "bs"):
        if last == 1 and last_two != 11:
            return "one"
        few = 2 <= last <= 4 and not 12 <= last_two <= 14
        return "few" if few else "other" if base in ("sr", "hr", "bs") else "many"
    if base == "pl" and number != 1:
        return "few" if 2 <= last <= 4 and not 12 <= last_two <= 14 else "many"
    if base in ("cs", "sk") and 2 <= number <= 4:
        return "few"
    if base == "ar":
        small = {0: "zero", 1: "one", 2: "two"}
        return small.get(number) or ("few" if 3 <= last_two <= 10 else "many" if last_two >= 11 else "other")
    return "one" if number == 1 else "other"
