"""The report of a choice: made once, kept until a file changes, framed by this server alone, and never as published."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from indicia_serve import Source
from indicia_serve.choices import HTML, Answer, Choices
from indicia_serve.jobs import Job, answer
from indicia_serve.reports import Reports, state_of_files

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Client

MIN: dict[str, Any] = {"methods": {"aggregation": "min"}}


class Made:
    """Makes reports that are small, and counts them."""

    def __init__(self) -> None:
        self.count = 0
        self.is_stable = True

    async def answer(self, job: Job, has_left: object = None) -> Answer:
        if job.name != "report":
            return answer(job)
        self.count += 1
        source, choices, language = job.arguments
        index = Choices.read(choices).apply(source.open())
        files = state_of_files(source, index) if self.is_stable else None
        return Answer(f"{self.count} {language}".encode(), HTML, files=files)


@pytest.fixture
def made(client: Client) -> Made:
    """Answers in place of those of the client's server."""
    client.server.workers = made = Made()
    return made


def test_a_report_is_made_once_for_a_choice_and_a_language(client: Client, made: Made) -> None:
    address = client.post("/api/report", {**MIN, "lang": "zh"}).json["address"]
    words = parse_qs(urlsplit(address).query)
    assert (urlsplit(address).path, words["workspace"], words["lang"]) == ("/report", ["main"], ["zh"])
    assert json.loads(words["choices"][0]) == MIN
    assert [client.get(address).body, client.post("/api/report", {**MIN, "lang": "zh"}).status] == [b"1 zh", 200]
    assert client.get(client.post("/api/report", MIN).json["address"]).body == b"2 None"
    assert client.get("/report").body == b"3 None"
    assert client.get(address).body == b"1 zh"


@pytest.mark.parametrize("name", ["index.toml", "cities.csv"])
def test_a_report_is_made_again_when_a_file_has_changed(
    client: Client, made: Made, index_file: Path, name: str
) -> None:
    address = client.post("/api/report", MIN).json["address"]
    path = index_file.with_name(name)
    os.utime(path, ns=(1, 1))
    assert client.get(address).body == b"2 None"
    path.unlink()
    assert client.get(address).status == 422 if name == "index.toml" else client.get(address).body == b"3 None"


def test_a_report_of_a_database_is_kept_for_one_opening(client: Client, made: Made) -> None:
    made.is_stable = False
    address = client.post("/api/report", MIN).json["address"]
    assert [client.get(address).body, client.get(address).body] == [b"1 None", b"2 None"]
    client.post("/api/report", MIN)
    client.post("/api/report", MIN)
    assert client.get(address).body == b"4 None"


def test_the_files_of_a_report_are_those_that_the_index_names(index_file: Path) -> None:
    source = Source(index_file)
    files = state_of_files(source, source.open()) or ()
    assert [os.path.basename(path) for path, *_ in files] == ["index.toml", "cities.csv"]  # noqa: PTH119
    index_file.write_text(index_file.read_text().replace("cities.csv", "sqlite:///cities.db"))
    assert state_of_files(source, source.open()) is None


def test_the_oldest_reports_are_dropped_beyond_a_limit(index_file: Path) -> None:
    source = Source(index_file)
    report = Answer(b"x" * 40, HTML, files=state_of_files(source, source.open()))
    reports = Reports(100)
    for query in "abac":
        reports.keep(query, report)
    assert [reports.take(query) is not None for query in "abc"] == [True, False, True]
    reports.keep("large", replace(report, content=b"x" * 500))
    assert [reports.take(query) is not None for query in ("a", "c", "large")] == [False, False, True]


def test_a_wrong_choice_has_its_error_in_its_place(client: Client, made: Made) -> None:
    reply = client.post("/api/report", {"methods": {"aggregation": "mean"}})
    assert (reply.status, reply.errors[0]["place"]) == (422, "aggregation")
    assert client.post("/api/report", {"workspace": "gone"}).status == 422
    assert client.post("/api/report", MIN, origin="https://evil.example").status == 403


def test_only_this_server_frames_the_report_and_only_the_page_has_a_frame(client: Client, made: Made) -> None:
    replies = {address: client.get(address).headers for address in ("/", "/w/main", "/report", "/api/index")}
    replies["wrong"] = client.get("/report?choices=3").headers
    policies = {address: headers["content-security-policy"].split("; ") for address, headers in replies.items()}
    assert [address for address, policy in policies.items() if "frame-src 'self'" in policy] == ["/", "/w/main"]
    framed = [address for address, policy in policies.items() if "frame-ancestors 'self'" in policy]
    assert framed == [address for address in replies if replies[address]["x-frame-options"] == "SAMEORIGIN"]
    assert framed == ["/report", "wrong"]
    assert all("frame-ancestors 'none'" in policies[address] for address in ("/", "/w/main", "/api/index"))


@pytest.mark.parametrize(
    ("words", "tried"),
    [
        ({}, []),
        ({"methods": {"aggregation": "arithmetic"}}, []),
        (MIN, [("aggregation", "min", None, "arithmetic")]),
        (
            {"variant": "soft", "methods": {"weighting": "critic"}, "parts": {"indicators.co2": {"treatment": "none"}}},
            [("weighting", "critic", None, "entropy"), ("treatment", "none", "co2", None)],
        ),
    ],
)
def test_the_answer_says_what_is_tried(client: Client, words: dict[str, Any], tried: list[tuple[object, ...]]) -> None:
    answered = client.score(**words).json
    assert answered["variant"] == words.get("variant")
    assert [
        tuple(entry[word] for word in ("stage", "method", "part", "in_place_of")) for entry in answered["tried"]
    ] == tried


@pytest.mark.thorough
def test_the_page_of_tried_methods_says_so_and_that_of_the_index_does_not(client: Client) -> None:
    page = client.get(client.post("/api/report", MIN).json["address"]).body.decode()
    assert "<title>Tried: Cities</title>" in page
    assert "Tried, not the published methodology: Aggregation min in place of arithmetic." in page
    assert "Tried" not in client.get("/report").body.decode().partition("<main>")[0]
