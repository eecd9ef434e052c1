"""Texts of checks and methods in the languages of a page; without a translation they are English in each language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indicia.messages.translations import in_language
from indicia_report.markup import Html, escape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.notes import Spoken
    from indicia_report.markup import Texts


def translated(
    text: str, texts: Texts, of: type | None = None, names: Mapping[str, Mapping[str, str]] | None = None
) -> Spoken:
    """Return a text of a check or method in the languages of a page.

    `of` is the class of the check or method, and `names` has the names of units and parts by language.
    """
    names = names or {}
    return {language: in_language(text, language, of, names.get(language)) for language in texts.languages}


def marked(spoken: Spoken) -> str:
    """Return the attribute of an element whose text has no translation; empty for a translated text.

    A span with this attribute would be hidden in the other languages.

    >>> marked({"en": "few values", "zh": "few values"}), marked({"en": "few values", "zh": "有效值过少"})
    (' lang=en', '')
    """
    is_english = len(set(spoken.values())) == 1 and list(spoken) != ["en"]
    return " lang=en" if is_english else ""


def code_in(spoken: Spoken, texts: Texts) -> Html:
    """Return a text in the languages of a page, with code elements for words in backticks."""
    code = {language: Html(re.sub("`(.+?)`", r"<code>\1</code>", escape(text))) for language, text in spoken.items()}
    return texts.show(code)
