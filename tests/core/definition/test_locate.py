"""A setting is found in the text of an index file."""

from __future__ import annotations

import pytest

from indicia.definition.origin import locate

TOML = """\
name = "Cities"   # indicators = none

[data]
path = "cities.csv"

[indicators]
gdp = { direction = "benefit", weight = 2 }
"air quality" = { direction = "cost" }
'人均GDP'.direction = "benefit"

[indicators.jobs]   # a table of its own
direction = "benefit"
bounds = [
  50, 90,
]

[[methodology.levels]]
aggregation = "geometric"

[[methodology.levels]]
aggregation = "arithmetic"

[[data.joins]]
path = "a.csv"
[[data.joins]]
path = "b.csv"
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (["name"], 1),
        (["data"], 3),
        (["data", "path"], 4),
        (["indicators", "gdp"], 7),
        (["indicators", "air quality"], 8),
        (["indicators", "人均GDP", "direction"], 9),
        (["indicators", "jobs"], 11),
        (["indicators", "jobs", "direction"], 12),
        (["indicators", "jobs", "bounds"], 13),
        (["methodology", "levels", 0, "aggregation"], 18),
        (["methodology", "levels", 1, "aggregation"], 21),
        (["methodology", "levels"], 17),
        (["data", "joins", 1, "path"], 26),
        (["data", "joins", "path"], 24),
    ],
)
def test_a_setting_is_found_on_its_line(path: list[object], line: int) -> None:
    assert locate(TOML, path) == (line, TOML.splitlines()[line - 1].strip())


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (["indicators", "gdp", "weight"], 7),
        (["indicators", "jobs", "weight"], 11),
        (["indicators", "debt", "weight"], 6),
        (["data", "unit"], 3),
        (["methodology", "levels", 0, "weighting"], 17),
        (["methodology", "levels", 1, "weighting"], 20),
    ],
)
def test_of_a_setting_without_a_line_the_table_is_found(path: list[object], line: int) -> None:
    found = locate(TOML, path)
    assert found
    assert found[0] == line


def test_a_setting_of_which_nothing_is_there_is_not_found() -> None:
    assert locate(TOML, ["variants", "official"]) is None
    assert locate("", ["name"]) is None


def test_a_key_that_begins_like_another_is_not_taken_for_it() -> None:
    assert locate("name_of = 1\nname = 2", ["name"]) == (2, "name = 2")


def test_a_comment_is_not_taken_for_a_setting() -> None:
    assert locate("# name = 1\nname = 2", ["name"]) == (2, "name = 2")
