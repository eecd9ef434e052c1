"""A request that takes too long, dies or fails ends alone, and the next one is answered."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from indicia_serve import Source
from indicia_serve.jobs import Job
from indicia_serve.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indicia_serve.choices import Answer

PLUGIN = """
import os, sys, time
from dataclasses import dataclass
from indicia.catalogue import hookimpl
from indicia.methods import Normalisation

indicia_contract = 2

class Base(Normalisation):
    formula = "x"
    reference = "Author (2024)"

@dataclass(frozen=True)
class Slow(Base):
    "Sleep for an hour."
    name = "slow"
    def benefit(self, x, s):
        time.sleep(3600)
        return x

@dataclass(frozen=True)
class Dying(Base):
    "End the process."
    name = "dying"
    def benefit(self, x, s):
        os._exit(7)

@dataclass(frozen=True)
class Leaving(Base):
    "Leave the interpreter."
    name = "leaving"
    def benefit(self, x, s):
        sys.exit("bye")

@dataclass(frozen=True)
class Loud(Base):
    "Print on standard output, which has the replies of a worker."
    name = "loud"
    def benefit(self, x, s):
        os.write(1, b"noise")
        return x

@dataclass(frozen=True)
class Large(Base):
    "Take four gigabytes, and write them."
    name = "large"
    def benefit(self, x, s):
        b"x" * (4 * 10**9)
        return x

@hookimpl
def indicia_normalisations():
    return [Slow, Dying, Leaving, Loud, Large]
"""

pytestmark = pytest.mark.thorough  # processes start


@pytest.fixture
def source(index_file: Path) -> Source:
    """An index of five cities with methods that misbehave."""
    plugin = index_file.with_name("bad.py")
    plugin.write_text(PLUGIN)
    return Source(index_file, (plugin,))


@pytest.fixture
def workers() -> Iterator[Workers]:
    """One process, in which a request may take a minute and one may wait."""
    started = Workers(1, 60, waiting=1)
    yield started
    started.close()


def ask(workers: Workers, *jobs: Job) -> list[Answer]:
    async def gather() -> list[Answer]:
        return list(await asyncio.gather(*(workers.answer(job) for job in jobs)))

    return asyncio.run(gather())


def job(source: Source, normalisation: str | None = None) -> Job:
    return Job("score", (source, {"methods": {"normalisation": normalisation}}))


def error_of(answer: Answer) -> Any:
    return json.loads(answer.content)["errors"][0]


def test_a_request_that_takes_too_long_is_ended_with_its_process(workers: Workers, source: Source) -> None:
    assert ask(workers, job(source))[0].status == 200
    [process] = workers._workers
    began = time.monotonic()
    workers.seconds = 3
    [answer] = ask(workers, job(source, "slow"))
    workers.seconds = 60
    assert answer.status == 504
    assert time.monotonic() - began < 20
    assert error_of(answer)["what"] == "the request took more than 3 seconds, and was ended"
    with pytest.raises(ProcessLookupError):
        os.kill(process.process_id, 0)
    assert ask(workers, job(source))[0].status == 200


def test_a_process_that_dies_is_replaced(workers: Workers, source: Source) -> None:
    [answer] = ask(workers, job(source, "dying"))
    assert answer.status == 500
    assert error_of(answer)["what"] == "the process of the request died (exit code 7)"
    assert (
        error_of(answer)["remedy"] == "the usual cause is too little memory: choose another method, or a smaller table"
    )
    assert ask(workers, job(source))[0].status == 200


@pytest.mark.parametrize(("method", "status"), [("leaving", (422, 500)), ("loud", (200,))])
def test_a_method_that_leaves_or_prints_ends_no_server(
    workers: Workers, source: Source, method: str, status: tuple[int, ...]
) -> None:
    [answer] = ask(workers, job(source, method))
    assert answer.status in status
    assert ask(workers, job(source))[0].status == 200


def test_more_requests_than_may_wait_are_refused_at_once(workers: Workers, source: Source) -> None:
    answers = ask(workers, *[job(source)] * 4)
    assert sorted(answer.status for answer in answers) == [200, 200, 503, 503]
    assert error_of(answers[-1])["what"] == "the server is busy with other requests"
    assert ask(workers, job(source))[0].status == 200


def test_a_bug_is_told_without_its_traceback(
    workers: Workers, source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    [answer] = ask(workers, Job("no such job", (source,)))
    assert answer.status == 500
    assert error_of(answer)["what"] == "this is a bug in Indicia, or in a plugin: KeyError"
    assert "Traceback" not in answer.content.decode()
    assert "a request failed" in caplog.text


def test_processes_end_with_the_server(source: Source) -> None:
    workers = Workers(2, 60)
    ask(workers, job(source), job(source))
    identifiers = [worker.process_id for worker in workers._workers]
    workers.close()
    for identifier in identifiers:
        with pytest.raises(ProcessLookupError):
            os.kill(identifier, 0)


def test_a_request_that_nobody_waits_for_is_given_up(workers: Workers, source: Source) -> None:
    async def leaves() -> bool:
        return True

    async def stays() -> bool:
        return False

    async def gather() -> list[Answer]:
        waiting = [workers.answer(job(source, "slow"), leaves), workers.answer(job(source), stays)]
        return list(await asyncio.gather(*waiting))

    assert ask(workers, job(source))[0].status == 200
    began = time.monotonic()
    given_up, answered = asyncio.run(gather())
    assert time.monotonic() - began < 30
    assert error_of(given_up)["what"] == "the request was given up"
    assert answered.status == 200


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is limited on Linux")
def test_a_request_that_takes_too_much_memory_fails_alone(source: Source) -> None:
    with closing(Workers(1, 60, memory=10**9)) as workers:
        [answer] = ask(workers, job(source, "large"))
        assert error_of(answer)["what"] == "not enough memory to score 5 rows of 3 indicators"
        assert ask(workers, job(source), Job("report", (source, {}, None)))[0].status == 200
