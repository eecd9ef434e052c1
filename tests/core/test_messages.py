"""The files of sentences: both languages, the same blanks, and no sentence that nobody uses."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from string import Formatter

import indicia
import indicia_report
import indicia_workbook
from indicia.explanation.score_grid import STAGES
from indicia.messages import sentences


def blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@cache
def words_of_the_code() -> frozenset[str]:
    """Return all words in double quotes in the code of core and plugins, and the names of stages after `stage_`."""
    folders = [Path(str(package.__file__)).parent for package in (indicia, indicia_report, indicia_workbook)]
    files = [file for folder in folders for file in folder.rglob("*.py")]
    words = {word for file in files for word in re.findall(r'"(\w+)"', file.read_text("utf-8"))}
    return frozenset(words | {f"stage_{stage}" for stage in STAGES})


def test_both_languages_of_a_sentence_have_the_same_blanks() -> None:
    assert {key for key, (english, chinese) in sentences().items() if blanks(english) != blanks(chinese)} == set()


def test_a_chinese_sentence_is_chinese() -> None:
    """A sentence of blanks and signs alone may be the same in both languages."""
    english_words = re.compile("[A-Za-z]{4,}")
    bare = {key: [re.sub("{[^}]*}", "", text) for text in texts] for key, texts in sentences().items()}
    assert {
        key
        for key, (english, chinese) in bare.items()
        if not re.search("[\u4e00-\u9fff]", chinese) and english_words.search(english)
    } == set()


def test_a_chinese_sentence_has_chinese_punctuation_after_chinese_characters() -> None:
    assert {key: text for key, (_, text) in sentences().items() if re.search("[\u4e00-\u9fff][,;:?!]", text)} == {}


def test_every_sentence_is_used() -> None:
    assert {key for key in sentences() if key not in words_of_the_code()} == set()
