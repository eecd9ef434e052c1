"""Worker processes that compute answers. A request that takes too long is ended with its process."""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from indicia.errors import IndiciaError
from indicia_engines.calls import call_of, outcome_of, pickle_function
from indicia_engines.processes import WorkerDied, WorkerProcess
from indicia_engines.workers import core_count
from indicia_serve.choices import Answer, answer_error
from indicia_serve.jobs import Job, answer, prepare

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


LOG = logging.getLogger("indicia_serve")


_PATIENCE = 1.0
"""The seconds after which a request that nobody waits for is given up; a quick one is better finished."""


class _Request:
    """A request, and the process that computes its answer."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.given_up = threading.Event()
        self._worker: WorkerProcess | None = None
        self._lock = threading.Lock()

    def computes_in(self, worker: WorkerProcess | None) -> None:
        """Set the process, or None when another request may have it."""
        with self._lock:
            self._worker = worker

    def give_up(self) -> None:
        """Kill the process, if the request has one; else it gets none."""
        self.given_up.set()
        with self._lock:
            if self._worker is not None:
                self._worker.kill()


def _answer_to_nobody() -> Answer:
    return answer_error(IndiciaError("the request was given up", remedy="send it again"), 503)


class Workers:
    """Processes that answer one request each at a time.

    A plugin or a large index may compute for hours, and no thread can be ended from outside; a process can.

    Parameters
    ----------
    number
        The number of processes, which start when they are needed.
    seconds
        The longest time of a request. The process is then killed, and another one starts with the next request.
    waiting
        The number of requests that may wait for a process; others are refused.
    memory
        The most bytes of a process, on Linux; None for no limit. A process that needs more ends, or its request fails.
    """

    def __init__(self, number: int, seconds: float, waiting: int = 8, memory: int | None = None) -> None:
        self.seconds = seconds
        self._memory = memory
        self._places = number + waiting
        self._threads = ThreadPoolExecutor(number, thread_name_prefix="indicia-serve")
        self._lock = threading.Lock()
        self._workers: set[WorkerProcess] = set()
        self._idle: list[WorkerProcess] = []
        self._number = number
        self._closed = False

    async def answer(self, job: Job, has_left: Callable[[], Awaitable[bool]] | None = None) -> Answer:
        """Return the answer of a worker.

        Parameters
        ----------
        job
            The request.
        has_left
            Tells whether nobody waits for the answer any more: the request is then given up.

        Returns
        -------
        Answer
            Its status is 503 if too many requests wait or the server ends, and 504 if the time is over.
        """
        if self._places == 0:
            error = IndiciaError("the server is busy with other requests", remedy="wait for them, and try again")
            return answer_error(error, 503)
        self._places -= 1
        request = _Request(job)
        future = asyncio.get_running_loop().run_in_executor(self._threads, self._answer, request)
        try:
            while not (await asyncio.wait({future}, timeout=_PATIENCE))[0]:
                if has_left is not None and not request.given_up.is_set() and await has_left():
                    request.give_up()
            return future.result()
        finally:
            self._places += 1

    def end_requests(self) -> None:
        """Kill all processes, also those at work, so that each request has an answer before the server ends."""
        with self._lock:
            self._closed = True
            workers = list(self._workers)
        for worker in workers:
            worker.kill()

    def close(self) -> None:
        """Kill all processes, and release what they hold."""
        with self._lock:
            workers = list(self._workers)
        self.end_requests()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for worker in workers:
            worker.close()

    def _answer(self, request: _Request) -> Answer:
        if request.given_up.is_set():
            return _answer_to_nobody()
        worker, late = self._borrow(), threading.Event()
        request.computes_in(worker)

        def end() -> None:
            late.set()
            worker.kill()

        timer = threading.Timer(self.seconds, end)
        timer.start()
        try:
            reply = worker.reply(call_of(pickle_function(answer), request.job), None)
        except WorkerDied as death:
            if request.given_up.is_set():
                return _answer_to_nobody()
            return self._answer_of_death(request.job, str(death), late=late.is_set())
        finally:
            request.computes_in(None)
            timer.cancel()
            timer.join()  # a timer that fires now ends this process, and none that another request borrows
            self._give_back(worker, alive=not late.is_set())
        try:
            outcome: Answer = outcome_of(reply)
        except MemoryError:
            return self._answer_of_death(request.job, "it is out of memory", late=False)
        except BaseException as bug:  # also SystemExit, which a plugin may raise: it must not end the server
            LOG.error("a request failed: %s", bug, exc_info=bug)
            error = IndiciaError(
                f"this is a bug in Indicia, or in a plugin: {type(bug).__name__}",
                remedy="please report the lines in the terminal of indicia serve",
            )
            return answer_error(error, 500)
        return outcome

    def _answer_of_death(self, job: Job, end: str, *, late: bool) -> Answer:
        if self._closed:
            return answer_error(IndiciaError("the server has ended", remedy="start it again: indicia serve"), 503)
        if late:
            error = IndiciaError(
                f"the request took more than {self.seconds:g} seconds, and was ended",
                remedy="upload fewer rows or columns"
                if job.name == "draft"
                else "choose a faster method, or start again with a longer time: indicia serve --timeout 300",
            )
            return answer_error(error, 504)
        limit = f", which has {self._memory / 1e9:.1f} GB at most" if self._memory else ""
        remedy = "upload fewer rows or columns" if job.name == "draft" else "choose another method, or a smaller table"
        error = IndiciaError(
            f"the process of the request died ({end})", remedy=f"the usual cause is too little memory{limit}: {remedy}"
        )
        return answer_error(error, 500)

    def _borrow(self) -> WorkerProcess:
        """Return an idle process, or start one."""
        with self._lock:
            if self._idle:
                return self._idle.pop()
            worker = WorkerProcess(threads=max(1, core_count() // self._number))
            self._workers.add(worker)
            if self._closed:
                worker.kill()
        with suppress(WorkerDied):  # the request finds out
            # imports take seconds on a busy machine, and are no time of the request
            worker.reply(call_of(pickle_function(prepare), self._memory), None)
        return worker

    def _give_back(self, worker: WorkerProcess, *, alive: bool) -> None:
        """Keep a process for the next request, or forget one that has ended."""
        with self._lock:
            if alive and worker.is_alive and not self._closed:
                self._idle.append(worker)
                return
            self._workers.discard(worker)
        with suppress(OSError):
            worker.close()
