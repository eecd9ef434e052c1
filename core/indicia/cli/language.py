"""The language of what a command prints and writes for readers."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.definition import Definition
    from indicia.errors import IndiciaError

VARIABLE = "INDICIA_LANG"
"""The environment variable that states a language for all commands."""


def reader_language(given: str | None, definition: Definition | None = None) -> str | None:
    """Return the language that is stated first: by `--lang`, by INDICIA_LANG, by the index file, or by the locale.

    A locale whose language Indicia and the names of the index lack is passed over; a stated language is refused.

    Parameters
    ----------
    given : str or None
        The value of `--lang`.
    definition : Definition, optional
        The index; None for a command without one.

    Returns
    -------
    str or None
        The language; None for English that nobody states, with the units and parts by their keys where a command has
        them so.

    Raises
    ------
    DefinitionError
        If neither Indicia nor the index has the stated language.
    """
    # imported when a command runs, so that --help and completion start without pydantic
    from indicia.definition import check_language, known_languages

    variable = os.environ.get(VARIABLE, "").strip() or None
    for language, place in ((given, None), (variable, f"the environment variable {VARIABLE}")):
        if language is not None:
            check_language(language, definition, place)
            return language
    if definition is not None and definition.language is not None:
        return definition.language
    tag = locale_of(os.environ)
    base = tag.partition("-")[0]
    known = known_languages(definition)
    return next((language for language in (tag, base) if base != "en" and language in known), None)


def say_error(error: IndiciaError, words: Sequence[str]) -> str:
    """Return an error in the language of `--lang` among the words of the command, of INDICIA_LANG or of the locale.

    A text without a translation in the catalogue of messages is English.
    """
    from indicia.messages.translations import in_language
    from indicia.notes import Note

    given = words[words.index("--lang") + 1 : words.index("--lang") + 2] if "--lang" in words else []
    language = next(filter(None, (*given, os.environ.get(VARIABLE), locale_of(os.environ).partition("-")[0])), None)

    def say(text: str) -> str:
        return text.in_language(language, {}) if isinstance(text, Note) else in_language(text, language)

    return f"{say('error')}: {error.said(say)}"


def locale_of(environment: os._Environ[str] | dict[str, str]) -> str:
    """Return the language of the locale as a tag, such as "zh-CN"; empty for C and POSIX.

    >>> locale_of({"LANG": "zh_CN.UTF-8"}), locale_of({"LANG": "zh_CN", "LC_ALL": "C"}), locale_of({"LANG": "fr@euro"})
    ('zh-CN', '', 'fr')
    """
    stated = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    name = next(filter(None, stated), "") or _of_windows()
    tag = name.partition(".")[0].partition("@")[0].replace("_", "-")
    return "" if tag in ("C", "POSIX") else tag


def _of_windows() -> str:
    """Return the language in which Windows shows its menus; empty on other systems."""
    if sys.platform != "win32":
        return ""
    import ctypes
    import locale

    return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
