"""The message catalogues of all packages: no sentence of a complete language is missing, and each is used."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

import indicia
from indicia.messages.catalogue import CORE, Catalogue, Message, plural_form
from indicia_explain.score_grid import STAGES

PLUGINS = Path(__file__).parents[2] / "plugins"
FOLDERS = [Path(str(indicia.__file__)).parent, *(path.parent for path in sorted(PLUGINS.glob("*/__init__.py")))]
CATALOGUES = [Catalogue(folder) for root in FOLDERS for folder in sorted(root.rglob("messages")) if folder.is_dir()]
COMPLETE = [
    pytest.param(catalogue, file.stem, id=f"{catalogue.folder.parent.name}-{file.stem}")
    for catalogue in CATALOGUES
    for file in sorted(catalogue.folder.glob("*.toml"))
    if tomllib.loads(file.read_text(encoding="utf-8")).get("language", {}).get("complete")
]
OTHER_WORDS = {"list.more", "list.rank"}
"""Messages whose languages choose among the slots."""
COMPOSED = (
    *("kept_bounds", "kept_statistics", "kept_weights", "equal_ranks", "equal_scores"),
    *("heading_methodology", "heading_movers", "heading_revisions", "heading_rules"),
    *("none_among_first", "none_stable", "proposed_benefits", "proposed_costs"),
)
"""Notes whose names the code composes."""


def blanks(message: Message) -> set[str]:
    forms = [message] if isinstance(message, str) else message.values()
    return {name for form in forms for _, name, _, _ in Formatter().parse(form) if name}


def missing(catalogue: Catalogue, language: str) -> list[str]:
    """Return the named messages that a language lacks, or has with other slots."""
    english, own = catalogue.messages("en"), catalogue.messages(language)
    names = {key for key in english if key not in OTHER_WORDS}
    return sorted(
        key for key in names if key not in own or blanks(own[key]) - {"count"} != blanks(english[key]) - {"count"}
    )


@cache
def words_of_the_code() -> frozenset[str]:
    """Return all words in double quotes in the code of core and plugins, and the names that the code composes."""
    files = [file for folder in FOLDERS for file in folder.rglob("*.py")]
    words = {word for file in files for word in re.findall(r'"(\w+)"', file.read_text("utf-8"))}
    return frozenset(words | {f"stage_{stage}" for stage in STAGES} | set(COMPOSED))


def test_chinese_is_complete_for_the_core_and_its_named_messages() -> None:
    assert {str(param.id) for param in COMPLETE} >= {"indicia-zh", "indicia_workbook-zh"}


@pytest.mark.parametrize(("catalogue", "language"), COMPLETE)
def test_a_complete_language_has_every_named_message_with_the_same_slots(catalogue: Catalogue, language: str) -> None:
    assert missing(catalogue, language) == []
    names = {key for key in catalogue.messages(language) if re.fullmatch(r"[a-z]+\.\w+", key)}
    assert names <= set(catalogue.messages("en")), "no English message has these names"


def test_a_missing_sentence_and_another_slot_are_found(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text('[note]\none = "1 {a}"\ntwo = "2"\n')
    (tmp_path / "zh.toml").write_text('[note]\none = "1 {b}"\n')
    assert missing(Catalogue(tmp_path), "zh") == ["note.one", "note.two"]


def test_a_message_that_a_language_lacks_is_english(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text('[count]\nunit = { one = "{count} unit", other = "{count} units" }\n')
    (tmp_path / "fr.toml").write_text('language.name = "Français"\n')
    catalogue = Catalogue(tmp_path)
    assert catalogue.languages() == ("en", "fr")
    assert [catalogue.text("count.unit", language, count=0) for language in (None, "fr", "xx")] == ["0 units"] * 3


def test_the_number_decides_the_plural_form_of_a_language() -> None:
    assert [plural_form("en", number) for number in (0, 1, 2)] == ["other", "one", "other"]


def of_core(language: str) -> dict[str, str]:
    """Return the named messages of the core, without their slots."""
    messages = {key: text for key, text in CORE.messages(language).items() if key in CORE.messages("en")}
    return {key: re.sub("{[^}]*}", "", text) for key, text in messages.items() if isinstance(text, str)}


def test_a_chinese_sentence_is_chinese() -> None:
    """A sentence of blanks and signs alone may be the same in both languages."""
    english = {key for key, text in of_core("en").items() if re.search("[A-Za-z]{4,}", text)}
    assert {
        key for key, text in of_core("zh").items() if key in english and not re.search("[\u4e00-\u9fff]", text)
    } == set()


def test_a_chinese_sentence_has_chinese_punctuation_after_chinese_characters() -> None:
    sentences = {key: str(CORE.messages("zh")[key]) for key in of_core("zh") if key.startswith("note.")}
    assert {key: text for key, text in sentences.items() if re.search("[\u4e00-\u9fff][,;:?!]", text)} == {}


def test_every_note_is_used() -> None:
    notes = {key.removeprefix("note.") for key in CORE.messages("en") if key.startswith("note.")}
    assert notes - words_of_the_code() == set()
