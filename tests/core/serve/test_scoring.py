"""Other methods: the scores of the command line, agreement, movers, and errors in their places."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from indicia import analysis
from indicia.cli import main
from indicia_serve import Source
from indicia_serve.choices import Choices
from indicia_serve.scoring import score

if TYPE_CHECKING:
    from conftest import Client

EXAMPLES = Path(__file__).parents[3] / "examples"


def test_without_choices_the_ranking_is_that_of_the_index(client: Client) -> None:
    answer = client.score().json
    assert answer["units"]["unit"] == ["Kyoto", "Pune", "Lima", "Rome", "Oslo"]
    assert answer["units"]["score"] == answer["units"]["published_score"]
    assert answer["counts"] == {"ranked": 5, "common": 5, "moved": 0}
    assert answer["movers"] == []
    assert answer["command"] == "indicia run index.toml"


def test_other_methods_move_units(client: Client) -> None:
    answer = client.score(methods={"normalisation": "rank", "weighting": "equal", "aggregation": "min"}).json
    units = answer["units"]
    ranks = dict(zip(units["unit"], units["rank"], strict=True))
    published = dict(zip(units["unit"], units["published_rank"], strict=True))
    changes = dict(zip(units["unit"], units["change"], strict=True))
    assert all(changes[unit] == published[unit] - ranks[unit] for unit in ranks)
    assert answer["counts"]["moved"] == sum(change != 0 for change in changes.values()) > 0
    assert answer["movers"][0] == max(changes, key=lambda unit: (abs(changes[unit]), -ranks[unit]))
    assert answer["methods"]["aggregation"] == "min"
    assert answer["published_methods"]["aggregation"] == "arithmetic"


def test_a_change_is_upwards_where_it_is_towards_the_best(index_file: Path, client: Client) -> None:
    index_file.write_text(index_file.read_text().replace("[methodology]", '[methodology]\nrank_from = "worst"'))
    units = client.score(methods={"aggregation": "min"}).json["units"]
    ranks = zip(units["rank"], units["published_rank"], strict=True)
    assert units["change"] == [rank - published for rank, published in ranks]
    assert any(units["change"])


def test_agreement_is_that_of_the_agreements_of_the_catalogue(client: Client) -> None:
    answer = client.score(methods={"aggregation": "min"}).json
    values = {entry["name"]: entry["value"] for entry in answer["agreement"]}
    assert list(values)[:2] == ["kendall", "spearman"]
    assert {"footrule", "ws", "top_k_overlap"} <= set(values)
    units = answer["units"]
    rankings = pl.DataFrame({"unit": units["unit"], "published": units["published_rank"], "chosen": units["rank"]})
    for name in ("kendall", "spearman"):
        assert values[name] == analysis.agreement(rankings, name)["chosen"][0]


CASES: list[tuple[str, dict[str, Any]]] = [
    ("human_development", {"methods": {"normalisation": "min_max(lower=1, upper=100)", "weighting": "entropy"}}),
    ("human_development", {"methods": {"normalisation": "z_score", "aggregation": "copeland"}}),
    ("intelligent_manufacturing", {"methods": {"weighting": "critic", "aggregation": "topsis"}}),
    ("intelligent_manufacturing", {"methods": {"treatment": "winsorise(points=3)"}, "variant": "official"}),
    (
        "intelligent_manufacturing",
        {
            "methods": {"imputation": "median", "weighting": "equal"},
            "parts": {"dimensions.factor_input": {"aggregation": "min"}, "indicators.fdi": {"treatment": "none"}},
        },
    ),
]


@pytest.mark.parametrize(("example", "request_words"), CASES)
def test_scores_are_those_of_the_command_that_the_page_shows(
    example: str, request_words: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = EXAMPLES / example / "index.toml"
    answer = score(Source(path), Choices.read(request_words))
    monkeypatch.chdir(path.parent)
    words = shlex.split(answer["command"])
    assert words[:2] == ["indicia", "run"]
    with pytest.raises(SystemExit) as caught:
        main([*words[1:], "-o", str(tmp_path / "scores.parquet")])
    assert not caught.value.code
    ran = pl.read_parquet(tmp_path / "scores.parquet")
    units = answer["units"]
    table = pl.DataFrame({word: units[word] for word in ("unit", "score", "rank")})
    expected = ran.select(unit=pl.nth(0).cast(pl.String), score="score", rank=pl.col("rank").cast(pl.Float64))
    assert table["unit"].to_list() == expected["unit"].to_list()  # in the order of the command
    assert table.equals(expected)


def test_a_period_of_a_panel_is_chosen(index_file: Path, client: Client) -> None:
    rows = ["city,year,income,rooms,co2", "Lima,2020,3,1,2", "Oslo,2020,9,3,8", "Lima,2021,9,3,2", "Oslo,2021,3,1,8"]
    (index_file.parent / "cities.csv").write_text("\n".join(rows))
    index_file.write_text(index_file.read_text().replace('unit = "city"', 'unit = "city"\nperiod = "year"'))
    assert client.get("/api/index").json["index"]["periods"] == ["2020", "2021"]
    last, first = client.score().json, client.score(period="2020").json
    assert (last["period"], last["units"]["unit"][0]) == ("2021", "Lima")
    assert (first["period"], len(first["units"]["unit"])) == ("2020", 2)
    assert client.score(period="1999").errors[0]["what"] == "the period 1999 is not in the data"


def test_names_are_in_the_languages_of_the_file() -> None:
    answer = score(Source(EXAMPLES / "intelligent_manufacturing" / "index.toml"), Choices())
    assert answer["units"]["names"]["en"][0] == "Shenzhen"
    assert answer["units"]["names"]["zh"][0] == "深圳"
    assert any("模拟数据" in note for note in answer["notes"]["zh"])


def test_each_wrong_choice_has_an_error_in_its_place(client: Client) -> None:
    methods = {"normalisation": "min_mx", "aggregation": "generalised(p=two)", "weighting": "entropy"}
    parts = {"dimensions.wealth": {"aggregation": "no("}, "indicators.incme": {"treatment": "none"}}
    reply = client.score(methods=methods, parts=parts)
    assert reply.status == 422
    assert {error["place"]: (error["what"], error["remedy"]) for error in reply.errors} == {
        "normalisation": ('unknown normalisation "min_mx"', 'did you mean "min_max"?'),
        "aggregation": ("generalised: p = 'two' must be a number", "order of the mean; 1 arithmetic, -1 harmonic"),
        "dimensions.wealth.aggregation": ("cannot read the method 'no('", 'write "name" or "name(parameter=value, …)"'),
        "indicators.incme.treatment": ('the index has no "incme" in its indicators', 'did you mean "income"?'),
    }


def test_methods_that_do_not_go_together_are_an_error_without_a_place(client: Client) -> None:
    [error] = client.score(methods={"normalisation": "z_score", "aggregation": "geometric"}).errors
    assert error["place"] is None
    assert str(error["what"]).startswith("geometric of")
    assert error["remedy"]


HOSTILE = [
    "__import__('os').system('touch hacked')",
    "min_max(lower=__import__('os').system('touch hacked'))",
    "min_max(**{'lower': 1})",
    "min_max(lower=[x for x in ()])",
    "(" * 3900,
    "min_max(lower=" + "[" * 1500 + "]" * 1500 + ")",
    "min_max(lower=9**9**9)",
    "min_max(lower=1e999)",
    "\x00",
    "min_max\n(lower=1)\n#",
    "<script>alert(1)</script>",
    "${jndi:ldap://x}",
    "min_max(lower='" + "z" * 3900 + "')",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_is_an_error_in_its_place(
    client: Client, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    reply = client.score(methods={"normalisation": text})
    assert reply.status == 422
    assert reply.errors[0]["place"] == "normalisation"
    assert "Traceback" not in reply.body.decode()
    assert len(reply.body) < 5000
    assert not (tmp_path / "hacked").exists()


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ({"methods": []}, "methods is not an object of JSON"),
        ({"methods": {"normalisation": 3}}, "methods: normalisation is not a text"),
        ({"methods": {"normalisation": "x" * 4001}}, "methods: normalisation has 4,001 characters"),
        ({"methods": {"path": "x"}}, 'no choice of "path" here'),
        ({"settings": {"data.path": "/etc/passwd"}}, 'the request has an unknown key "settings"'),
        ({"parts": {"data": {"path": "/etc/passwd"}}}, '"data" is no part of the index'),
        ({"parts": {"indicators.income": {"column": "x"}}}, 'no choice of "column" here'),
        ({"parts": {"indicators.income": {"aggregation": "min"}}}, 'no choice of "aggregation" here'),
        ({"parts": {f"indicators.i{number}": {} for number in range(501)}}, "the request changes 501 parts"),
        ({"variant": "hard"}, 'unknown variant "hard"'),
        ({"variant": ["soft"]}, "variant is not a text"),
    ],
)
def test_a_request_reaches_methods_only(client: Client, words: dict[str, Any], what: str) -> None:
    reply = client.score(**words)
    assert reply.status == 422
    assert reply.errors[0]["what"] == what


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"3", b"null", b"\xff\xfe", b"[" * 100_000, b'{"methods": NaN}'])
def test_a_body_that_is_no_request_is_refused(client: Client, body: bytes) -> None:
    reply = client.send("POST", "/api/score", body, content_type="application/json")
    assert reply.status == 422
    assert reply.errors[0]["what"]


def test_a_form_of_another_site_has_no_json(client: Client) -> None:
    [error] = client.send("POST", "/api/score", b"{}", content_type="text/plain").errors
    assert error["what"] == "the request is not JSON"


@pytest.mark.parametrize("chunks", [1, 50])
@pytest.mark.parametrize("stated", [{}, {"content_length": "400000"}, {"content_length": "1"}])
def test_a_body_is_read_no_further_than_the_limit(client: Client, chunks: int, stated: dict[str, str]) -> None:
    body = json.dumps({"methods": {"normalisation": "x" * 400_000}}).encode()
    reply = client.send("POST", "/api/score", body, content_type="application/json", chunks=chunks, **stated)
    assert reply.status == 413
    assert reply.errors[0]["what"] == "the request has more than 262,144 bytes"


def test_a_body_that_is_said_to_be_too_large_is_not_read(client: Client) -> None:
    assert (
        client.send("POST", "/api/score", b"{}", content_type="application/json", content_length="400000").status == 413
    )


def test_methods_of_plugins_are_offered_and_used(client_with_plugin: Client) -> None:
    stages = {entry["stage"]: entry for entry in client_with_plugin.get("/api/index").json["index"]["stages"]}
    [halved] = [method for method in stages["normalisation"]["methods"] if method["plugin"]]
    assert (halved["name"], halved["summary"]) == ("halved", "Divide by two.")
    assert halved["parameters"] == [{"name": "by", "default": "2"}]
    methods = {"normalisation": "halved(by=4)", "aggregation": "arithmetic"}
    assert client_with_plugin.score(methods=methods).json["methods"]["normalisation"] == "halved(by=4)"


def test_a_plugin_that_the_index_names_does_not_run_unless_the_user_allows_it(index_file: Path, client: Client) -> None:
    index_file.with_name("evil.py").write_text("from pathlib import Path\nPath(__file__).with_name('ran').touch()\n")
    index_file.write_text('plugins = ["evil.py"]\n' + index_file.read_text())
    for reply in (client.get("/api/index"), client.score(), client.get("/report")):
        assert reply.status == 422
        assert "loading a plugin runs its code" in reply.body.decode()
    assert not index_file.with_name("ran").exists()


def test_the_description_has_what_the_page_offers(client: Client) -> None:
    described = client.get("/api/index").json
    index = described["index"]
    assert index["name"] == {"en": "Cities", "zh": "Cities"}
    assert (index["units"], index["periods"], index["file"]) == (5, [], "index.toml")
    assert [part["id"] for part in index["parts"]] == [
        "dimensions.wealth", "indicators.income", "indicators.rooms", "indicators.co2",
    ]  # fmt: skip
    assert [variant["id"] for variant in index["variants"]] == ["soft"]
    stages = {entry["stage"]: entry for entry in index["stages"]}
    assert [*stages] == ["imputation", "treatment", "normalisation", "weighting", "aggregation"]
    assert [stage for stage, entry in stages.items() if entry["optional"]] == ["imputation", "treatment"]
    assert stages["normalisation"]["published"] == "min_max"
    counts = {stage: len(entry["methods"]) for stage, entry in stages.items()}
    assert min(counts.values()) >= 10


def test_data_that_cannot_be_read_are_an_error_on_the_page(index_file: Path, client: Client) -> None:
    index_file.with_name("cities.csv").unlink()
    assert "cities.csv" in client.get("/api/index").json["index"]["data_error"]
    assert "cities.csv" in str(client.score().errors[0]["what"])


def test_an_index_that_cannot_be_scored_can_be_mended_by_other_methods(index_file: Path, client: Client) -> None:
    index_file.write_text(index_file.read_text().replace('weighting = "equal"\n', 'aggregation = "geometric"\n'))
    assert client.score().status == 422
    answer = client.score(methods={"aggregation": "arithmetic"}).json
    assert answer["index_error"].startswith("geometric of")
    assert answer["units"]["published_rank"] == [None] * 5
    assert answer["agreement"] == []


@pytest.mark.thorough
def test_the_report_is_that_of_the_chosen_methods(client: Client) -> None:
    reply = client.get("/report?lang=en&choices=%7B%22methods%22%3A%7B%22aggregation%22%3A%22min%22%7D%7D")
    page = reply.body.decode()
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("text/html")
    assert re.search(r"<meta http-equiv=.?Content-Security-Policy", page)
    assert "min" in page
    assert "connect-src 'none'" in reply.headers["content-security-policy"]


def test_a_report_that_cannot_be_written_is_a_page_that_says_why(client: Client) -> None:
    reply = client.get("/report?choices=%7B%22methods%22%3A%7B%22aggregation%22%3A%22%3Cb%3E%22%7D%7D")
    assert reply.status == 422
    assert reply.headers["content-type"].startswith("text/html")
    assert "cannot read the method &#x27;&lt;b&gt;&#x27;" in reply.body.decode()
