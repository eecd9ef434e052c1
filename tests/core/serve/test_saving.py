"""A variant is added to the end of the index file, and nothing else of the file changes."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest

import indicia

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Client

CHOICES: dict[str, Any] = {
    "methods": {"aggregation": "min", "normalisation": "min_max(lower=1, upper=100)"},
    "parts": {"indicators.co2": {"treatment": "none"}},
}
VARIANT = """
[variants.harsh]
normalisation = "min_max(lower=1, upper=100)"
aggregation = "min"

[variants.harsh.indicators.co2]
treatment = "none"
"""


def save(client: Client, name: object = "harsh", **words: Any) -> Any:
    return client.post("/api/variant", {**CHOICES, "name": name, **words})


def test_a_variant_is_added_and_the_text_of_the_file_stays(client: Client, index_file: Path) -> None:
    before = index_file.read_text()
    reply = save(client)
    assert reply.json == {"name": "harsh", "toml": VARIANT.lstrip("\n"), "file": "index.toml"}
    assert index_file.read_text() == before + VARIANT
    assert sorted(path.name for path in index_file.parent.iterdir()) == ["cities.csv", "index.toml"]


def test_the_variant_has_the_scores_that_the_page_showed(client: Client, index_file: Path) -> None:
    shown = client.score(**CHOICES).json["units"]
    save(client)
    ranking = indicia.read(index_file).variant("harsh").score().ranking
    assert shown["unit"] == ranking["city"].to_list()
    assert shown["score"] == ranking["score"].to_list()
    assert [variant["id"] for variant in client.get("/api/index").json["index"]["variants"]] == ["soft", "harsh"]
    assert client.score(variant="harsh").json["units"]["score"] == shown["score"]


@pytest.mark.parametrize("name", ["严格", "équité-2", "A_1", "x" * 64])
def test_a_name_may_have_letters_of_any_script(client: Client, index_file: Path, name: str) -> None:
    assert save(client, name).status == 200
    assert name in tomllib.loads(index_file.read_text(encoding="utf-8"))["variants"]


@pytest.mark.parametrize(
    "name", ["", None, 3, [], "two words", "a.b", 'a"]\n[data]\npath="x', "../x", "x" * 65, "a\n", "[x]", "=", "#"]
)
def test_a_name_that_is_no_word_is_refused(client: Client, index_file: Path, name: object) -> None:
    before = index_file.read_bytes()
    reply = save(client, name)
    assert reply.status == 422
    assert "no name for a variant" in str(reply.errors[0]["what"])
    assert index_file.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ({"name": "soft"}, 'the index has a variant "soft"'),
        ({"methods": {}, "parts": {}}, "no method is chosen, so the variant would be the index"),
        (
            {"variant": "soft", "methods": {}, "parts": {}},
            "no method is chosen, so the variant would be the variant soft",
        ),
        ({"methods": {"aggregation": "mean"}}, 'unknown aggregation "mean"'),
        ({"methods": {"normalisation": "z_score", "aggregation": "geometric"}}, "geometric of index needs positive"),
        ({"period": "2020"}, None),
    ],
)
def test_a_variant_that_cannot_be_saved_changes_no_file(
    client: Client, index_file: Path, words: dict[str, Any], what: str | None
) -> None:
    before = index_file.read_bytes()
    reply = save(client, **words)
    if what is None:  # the period is what the reader looks at, and no part of the methodology
        assert reply.status == 200
        return
    assert reply.status == 422
    assert str(reply.errors[0]["what"]).startswith(what)
    assert index_file.read_bytes() == before


def test_line_ends_and_the_mark_of_windows_stay(client: Client, index_file: Path) -> None:
    before = b"\xef\xbb\xbf" + index_file.read_bytes().replace(b"\n", b"\r\n")
    index_file.write_bytes(before)
    assert save(client).status == 200
    assert index_file.read_bytes() == before + VARIANT.encode().replace(b"\n", b"\r\n")


def test_variants_on_one_line_take_no_other(client: Client, index_file: Path) -> None:
    text = index_file.read_text().partition("[variants.soft]")[0]
    index_file.write_text('variants = { soft = { weighting = "entropy" } }\n' + text)
    before = index_file.read_bytes()
    [error] = save(client).errors
    assert str(error["what"]).startswith("no variant can be appended to the index file")
    assert index_file.read_bytes() == before


def test_a_table_of_variants_takes_another(client: Client, index_file: Path) -> None:
    text = index_file.read_text().partition("[variants.soft]")[0]
    index_file.write_text(text + '[variants]\nsoft = { weighting = "entropy" }')
    assert save(client).status == 200
    assert [*tomllib.loads(index_file.read_text())["variants"]] == ["soft", "harsh"]


def test_a_link_to_an_index_file_stays_a_link(client: Client, index_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "real"
    folder.mkdir()
    index_file.rename(folder / "index.toml")
    index_file.symlink_to(folder / "index.toml")
    (folder / "cities.csv").write_text(index_file.with_name("cities.csv").read_text())
    assert save(client).status == 200
    assert index_file.is_symlink()
    assert "harsh" in (folder / "index.toml").read_text()


OTHER = """
[variants.other]
name = { en = "Other", zh = "其他" }
note = "of experts"
weighting = "entropy"
missing = { policy = "skip", minimum_share = 0.5 }
without = ["rooms"]
levels = [{ aggregation = "geometric", normalisation = "rank" }]

[variants.other.indicators.co2]
normalisation = { method = "min_max", upper = 10 }
weight = 2.5
"""
SAVED = """
[variants.harsh]
weighting = "entropy"
missing = { policy = "skip", minimum_share = 0.5 }
without = ["rooms"]
levels = [{}]
normalisation = "min_max(lower=1, upper=100)"
aggregation = "min"

[variants.harsh.indicators.co2]
normalisation = { method = "min_max", upper = 10 }
weight = 2.5
treatment = "none"
"""


def test_choices_that_change_a_variant_are_saved_with_its_words(client: Client, index_file: Path) -> None:
    index_file.write_text(index_file.read_text() + OTHER)
    before = index_file.read_text()
    shown = client.score(**CHOICES, variant="other").json["units"]
    assert save(client, variant="other").status == 200
    assert index_file.read_text() == before + SAVED
    assert client.score(variant="harsh").json["units"]["score"] == shown["score"]


def test_a_date_in_a_variant_is_written_by_hand(client: Client, index_file: Path) -> None:
    index_file.write_text(index_file.read_text() + "data = { where = { city = 2020-01-01 } }\n")
    before = index_file.read_bytes()
    [error] = save(client, variant="soft").errors
    assert error["what"] == "the variant has a date or a time"
    assert index_file.read_bytes() == before
