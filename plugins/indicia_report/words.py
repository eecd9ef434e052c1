"""The messages of the page, the charts and the documents, which Python and the script of the page share.

A file `web/messages/LANGUAGE.json` has the messages of one language; a build joins them to `page/messages.json`. A
message is a sentence with slots, `{count} units`, or a sentence for each plural form of the language: {"one": "{count}
unit", "other": "{count} units"}. The slot `count` decides the form. Keys with the prefixes `page.`, `method.` and
`chart.` are messages of Python; `rank` is short for `page.rank`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

Message: TypeAlias = str | Mapping[str, str]
"""A sentence, or a sentence for each plural form."""

_OF_PYTHON = ("page.", "method.", "chart.")
"""The prefixes of the messages that the script of the page does not use."""


@cache
def messages() -> Mapping[str, Mapping[str, Message]]:
    """Return the messages of each language by key, English first."""
    text = files("indicia_report").joinpath("page", "messages.json").read_text(encoding="utf-8")
    by_language: dict[str, dict[str, Message]] = json.loads(text)
    return {"en": by_language["en"], **by_language}


def languages() -> dict[str, str]:
    """Return the languages of the messages, with their names in the language itself.

    >>> languages()["zh"]
    '中文'
    """
    return {language: str(by_key["language.name"]) for language, by_key in messages().items()}


def is_message(key: str) -> bool:
    """Return whether there is a message of this key."""
    return _full(key) in messages()["en"]


def message(key: str, language: str, count: object = None) -> str:
    """Return a message in a language, in English if the language lacks it; `count` decides its plural form.

    >>> message("rank", "zh"), message("units", "en", 1), message("units", "en", "1,200")
    ('排名', '{count} unit', '{count} units')
    """
    full = _full(key)
    english = messages()["en"][full]
    of_language = messages().get(language, {}).get(full)
    form = english if of_language is None else of_language
    if isinstance(form, str):
        return form
    number = int(str(count).replace(",", "")) if count is not None else 2
    return form.get(plural_form("en" if of_language is None else language, number), form["other"])


def words(key: str) -> dict[str, str]:
    """Return a message by language, in the form for many.

    >>> words("rank")["en"], words("rank")["zh"]
    ('rank', '排名')
    """
    return {language: message(key, language) for language in messages()}


def script_messages(chosen: tuple[str, ...], is_used: Callable[[str], bool] = bool) -> dict[str, Any]:
    """Return the messages that the script of a page uses.

    Parameters
    ----------
    chosen
        The languages of the page; the messages are English if there are none in these.
    is_used
        Returns False for the key of a message that this page cannot show.

    Returns
    -------
    dict
        The languages, and for each key the messages in these languages, so that a page has each key once.
    """
    languages = [language for language in chosen if language in messages()] or ["en"]
    keys = [key for key in messages()["en"] if not key.startswith(_OF_PYTHON) and is_used(key)]
    forms = {key: [messages()[language].get(key) for language in languages] for key in keys}
    return {"languages": languages, "messages": forms}


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


def _full(key: str) -> str:
    return key if "." in key else f"page.{key}"
