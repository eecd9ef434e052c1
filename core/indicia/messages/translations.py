"""The texts of checks, methods and analyses in other languages: titles, sentences, descriptions of parameters.

A plugin translates its texts in a file `messages/LANGUAGE.toml` of its catalogue, which stands beside the module of the
class, or in a package above it. The key is the English text, or the template of a `Sentence`; the slots are the same.

    "few values" = "有效值过少"
    "{name} has {count:,} values" = "{name}有 {count:,} 个数值"
"""

from __future__ import annotations

import re
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from indicia.errors import PluginWarning
from indicia.messages import CORE, read_messages
from indicia.messages.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_FOLDER = "messages"


def in_language(text: str, language: str | None, of: type | None = None, names: Mapping[str, str] | None = None) -> str:
    """Return a text of a check or method in a language; in English if a template is missing.

    Parameters
    ----------
    text
        A sentence, or a text that is the same for all data.
    language
        The language; None is English.
    of
        The class of the check or method; None for a text of Indicia's core.
    names
        The names of units and parts for readers of the language; an English sentence has the names of the index file.

    Examples
    --------
    >>> in_language(Sentence("{sentence} ({sample})", sentence="air", sample="1 %"), "zh")
    'air（1 %）'
    """
    if language is None or language == "en" or not _LANGUAGE.fullmatch(language):
        return str(text)
    folders = (CORE.folder, *(() if of is None else _folders(of.__module__)))
    templates = _templates(folders, language)
    try:
        translation = text.translated(templates, names) if isinstance(text, Sentence) else templates.get(text)
    except (IndexError, KeyError, ValueError) as error:
        what = f"a translation to {language} does not fit {text!r:.80}: {type(error).__name__}: {error}"
        warnings.warn(f"{what} ({folders[-1]})", PluginWarning, stacklevel=2)
        translation = None
    return str(text) if translation is None else translation


@cache
def _templates(folders: tuple[Path, ...], language: str) -> Mapping[str, str]:
    """Return the texts of several catalogues in a language by key; a later catalogue comes before an earlier one."""
    of_all = (read_messages(folder, language).items() for folder in folders)
    return {key: text for messages in of_all for key, text in messages if isinstance(text, str)}


@cache
def _folders(module: str) -> tuple[Path, ...]:
    """Return the folders with translations of a module, that of the highest package first."""
    file = getattr(sys.modules.get(module), "__file__", None)
    if file is None:
        return ()
    folder = Path(file).parent
    packages = module.count(".") if Path(file).name != "__init__.py" else module.count(".") + 1
    above = list(folder.parents)[: max(0, packages - 1)]
    return tuple(place / _FOLDER for place in [*reversed(above), folder])
