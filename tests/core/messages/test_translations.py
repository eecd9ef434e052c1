"""Sentences keep their template and slots, and a plugin brings its translations in a file beside its module."""

from __future__ import annotations

import pickle
import warnings
from importlib.util import module_from_spec, spec_from_file_location
from typing import TYPE_CHECKING

import pytest

from indicia.checks import Finding, Listed, Sentence, named
from indicia.errors import PluginWarning
from indicia.messages.sentence import AND, COMMA
from indicia.messages.translations import in_language

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CHINESE = {"{name} has {count}": "{name}有 {count}", "{n:,} values": "{n:,} 个数值", ", ": "、", " and ": "和"}
VALUES = Sentence("{n:,} values", n=1200)
SENTENCE = Sentence("{name} has {count}", name="jobs", count=VALUES)


def test_a_sentence_is_a_text_and_is_translated_with_its_slots() -> None:
    assert SENTENCE == "jobs has 1,200 values"
    assert SENTENCE.translated(CHINESE) == "jobs有 1,200 个数值"
    assert SENTENCE.translated(CHINESE, {"jobs": "就业"}) == "就业有 1,200 个数值"


def test_a_sentence_with_a_slot_that_has_no_translation_stays_english() -> None:
    assert SENTENCE.translated({"{name} has {count}": "{name}有 {count}"}) is None


def test_braces_of_names_are_no_slots() -> None:
    sentence = Sentence("{name} has {count}", name="{count} {0}", count=2)
    assert sentence == "{count} {0} has 2"
    assert sentence.translated(CHINESE) == "{count} {0}有 2"


def test_clauses_are_translated_before_and_after_a_sentence() -> None:
    longer = "r = 0.5: " + SENTENCE + ""
    longer += Sentence("; {n:,} values", n=3)
    assert longer == "r = 0.5: jobs has 1,200 values; 3 values"
    assert longer.translated({**CHINESE, "; {n:,} values": "；{n:,} 个"}) == "r = 0.5: jobs有 1,200 个数值；3 个"


@pytest.mark.parametrize(
    ("parts", "english", "chinese"),
    [
        ([], "", ""),
        (["a"], "a", "a"),
        (["a", "b"], "a and b", "a和b"),
        (["a", VALUES, "c"], "a, 1,200 values and c", "a、1,200 个数值和c"),
    ],
)
def test_a_list_has_the_separators_of_the_language(parts: list[str], english: str, chinese: str) -> None:
    listed = Listed(parts, COMMA, AND)
    assert listed == english
    assert listed.translated(CHINESE) == chinese


def test_many_names_are_named_as_in_messages() -> None:
    assert named(["Lima", "Oruro"]) == "Lima, Oruro"
    assert named(["Lima", "Oruro"], count=9) == "Lima, Oruro and 7 more"
    assert in_language(named(["Lima", "Oruro"], limit=1), "zh") == "Lima等（另有 1 个）"


def test_a_sentence_survives_a_pickle() -> None:
    finding = pickle.loads(pickle.dumps(Finding("jobs", 1.0, 2.0, Listed([SENTENCE, "so"]))))
    assert finding.sentence == "jobs has 1,200 values, so"
    assert finding.sentence.translated(CHINESE) == "jobs有 1,200 个数值、so"


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], type]:
    """A function that returns the class of a check in a file of its own, with translations beside it."""

    def write(translations: str | None) -> type:
        path = tmp_path / "house_check.py"
        path.write_text("class HouseCheck:\n    title = 'few values'\n", encoding="utf-8")
        if translations is not None:
            (tmp_path / "messages").mkdir()
            (tmp_path / "messages" / "zh.toml").write_text(translations, encoding="utf-8")
        name = f"house_check_{tmp_path.name}"
        spec = spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        monkeypatch.setitem(__import__("sys").modules, name, module)
        spec.loader.exec_module(module)
        found: type = module.HouseCheck
        return found

    return write


def test_a_check_of_a_third_party_brings_its_translations(check: Callable[[str | None], type]) -> None:
    house = check('"few values" = "有效值过少"\n"{name} has {count}" = "{name}有{count}"\n"{n:,} values" = "{n:,}个"\n')
    assert in_language("few values", "zh", house) == "有效值过少"
    assert in_language(SENTENCE, "zh", house) == "jobs有1,200个"
    assert in_language(SENTENCE, "de", house) == in_language(SENTENCE, None, house) == "jobs has 1,200 values"


def test_a_check_without_translations_stays_english(check: Callable[[str | None], type]) -> None:
    house = check(None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert in_language("few values", "zh", house) == "few values"
        assert in_language(SENTENCE, "../zh", house) == "jobs has 1,200 values"


@pytest.mark.parametrize(
    ("translations", "warning"),
    [
        ('"{name} has {count}" = "{nom}"\n"{n:,} values" = "{n}"', "does not fit 'jobs has 1,200 values'"),
        ("few values = no", "cannot be read, so that its texts stay English"),
    ],
)
def test_a_wrong_translation_is_a_warning_and_the_sentence_is_english(
    check: Callable[[str | None], type], translations: str, warning: str
) -> None:
    house = check(translations)
    with pytest.warns(PluginWarning, match=warning):
        assert in_language(SENTENCE, "zh", house) == "jobs has 1,200 values"
