"""The messages of the page, the charts and the documents, which Python and the script of the page share.

The slot `count` of a message decides its plural form. Keys with the prefixes `page.`, `method.` and `chart.` are for
Python; `rank` is short for `page.rank`. A page embeds the messages that its script uses.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from indicia.messages import Catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from indicia.messages import Message

CATALOGUE = Catalogue(Path(__file__).parent / "messages")

_OF_PYTHON = ("page.", "method.", "chart.")
"""The prefixes of the messages that the script of the page does not use."""


def messages() -> Mapping[str, Mapping[str, Message]]:
    """Return the messages of each language by key, English first."""
    return {language: CATALOGUE.messages(language) for language in CATALOGUE.languages()}


def languages() -> dict[str, str]:
    """Return the languages of the messages, with their names in the language itself.

    >>> languages()["zh"]
    '中文'
    """
    return {language: str(by_key["language.name"]) for language, by_key in messages().items()}


def is_message(key: str) -> bool:
    """Return whether there is a message of this key."""
    return _full(key) in CATALOGUE.messages("en")


def message(key: str, language: str, count: object = None) -> str:
    """Return a message in a language, in English if the language lacks it; `count` decides its plural form.

    >>> message("rank", "zh"), message("units", "en", 1), message("units", "en", "1,200")
    ('排名', '{count} unit', '{count} units')
    """
    return CATALOGUE.message(_full(key), language, count)


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
    by_language = messages()
    languages = [language for language in chosen if language in by_language] or ["en"]
    keys = [key for key in by_language["en"] if not key.startswith(_OF_PYTHON) and is_used(key)]
    forms = {key: [by_language[language].get(key) for language in languages] for key in keys}
    return {"languages": languages, "messages": forms}


def _full(key: str) -> str:
    return key if "." in key else f"page.{key}"
