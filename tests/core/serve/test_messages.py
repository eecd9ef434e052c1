"""The sentences of the page: each language has all of them, and the page uses all of them."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

import pytest

from indicia.definition import STAGES
from indicia.messages.catalogue import CORE
from indicia_serve.app import _messages

PAGE = files("indicia_serve") / "page"
SCRIPTS = {entry.name: entry.read_text(encoding="utf-8") for entry in PAGE.iterdir() if entry.name.endswith(".js")}
SLOT = re.compile(r"\{(\w+)\}")


def messages(language: str) -> dict[str, Any]:
    reply = json.loads(bytes(_messages(language).body))
    return dict(reply["messages"])


def slots(message: str | dict[str, str]) -> set[str]:
    return set(SLOT.findall(message if isinstance(message, str) else message["other"]))


@pytest.mark.parametrize("language", CORE.languages())
def test_a_language_has_all_sentences_with_the_same_slots(language: str) -> None:
    english, other = messages("en"), messages(language)
    assert [*other] == [*english]
    assert {key: slots(message) for key, message in other.items()} == {
        key: slots(message) for key, message in english.items()
    }
    assert all(isinstance(message, str) or "count" in slots(message) for message in other.values())


def test_every_sentence_is_used_and_none_is_missing() -> None:
    text = "\n".join([*SCRIPTS.values(), (PAGE / "index.html").read_text(encoding="utf-8")])
    called = set(re.findall(r'\bsay\(\s*"(\w+)"', text)) | set(re.findall(r'data-say="(\w+)"', text))
    called |= {key for choice in re.findall(r'\bsay\([^()]*\? "(\w+)" : "(\w+)"', text) for key in choice}
    called |= {key for heads in re.findall(r'\[((?:"\w+", )+"\w+")\]', text) for key in re.findall(r'"(\w+)"', heads)}
    called |= set(STAGES)
    keys = set(messages("en"))
    assert keys - called == set()
    assert set(re.findall(r'\bsay\(\s*"(\w+)"', text)) - keys == set()


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_writes_no_markup_and_no_code(name: str) -> None:
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttribute\(\"(on|style)"
    )
    assert not re.findall(forbidden, SCRIPTS[name])


def test_the_languages_of_the_page_are_those_of_indicia_and_another_is_english() -> None:
    reply = json.loads(bytes(_messages("xx").body))
    assert reply["languages"] == {"en": "English", "zh": "中文"}
    assert (reply["language"], reply["messages"]) == ("en", messages("en"))
