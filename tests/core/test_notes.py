"""Notes: what a reader must know, in every language."""

from __future__ import annotations

import copy
import pickle

from indicia.notes import Count, Names, Note


def test_a_note_is_its_english_sentence_by_the_words_of_the_index_file() -> None:
    note = Note("screened_units", count=Count(2, "unit"), units=Names.of(["Lima", "Oslo"]))
    assert note == "2 units left out by screening: Lima, Oslo"


def test_thousands_are_parted() -> None:
    note = Note("cap", count=Count(1268, "value"), parts=Names.of(["gdp"]))
    assert note == "1,268 values capped in gdp"
    assert note.in_language("zh", {}) == "已截断 1,268 个数值：gdp"


def test_names_are_those_of_the_reader() -> None:
    note = Note("constant_dropped", parts=Names.of(["gdp", "fdi"]))
    assert note.in_language("en", {"gdp": "Income"}) == "left out, being the same for all units: Income, fdi"
    assert note.in_language("zh", {"gdp": "收入"}) == "因各单位数值相同而未采用的指标：收入、fdi"


def test_of_many_names_the_first_few_stand_there_and_how_many_there_are() -> None:
    names = Names.of("abcdefg", limit=2)
    assert names.in_language("en", {}) == "a, b and 5 more"
    assert names.in_language("zh", {}) == "a、b等 7 个"


def test_a_note_in_a_note_is_said_in_its_language() -> None:
    inner = Note("simulated", parts=Names.of(["x"]))
    assert (
        Note("in_some", note=inner, times=1, number=3).in_language("zh", {"x": "某"})
        == "模拟数据，并非实测：某（3 种方法中的 1 种）"
    )


def test_a_note_can_be_copied_and_sent_to_another_process() -> None:
    note = Note("tiers", count=Count(1, "tier"))
    for other in (copy.deepcopy(note), pickle.loads(pickle.dumps(note))):
        assert other == note
        assert other.in_language("zh", {}) == "1 个梯队：同一梯队内的相邻单位无法以 95 % 的把握加以区分"
