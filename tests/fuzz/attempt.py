"""Run a case, and judge its outcome: a result of finite scores, a refusal in our words, or a failure."""

from __future__ import annotations

import gc
import io
import json
import math
import os
import re
import resource
import traceback
import warnings
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

import polars.selectors as cs
from cases import case

from indicia.cli import main
from indicia.errors import IndiciaError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    from cases import Case

    import indicia

SECONDS = 10
"""The most processor time that a case may take: on a machine with other work, a clock would tell of that."""

MEMORY = 4 << 30
"""The most bytes that a worker may hold, so that a case that asks for more ends itself and not the machine."""

LONGEST = 10_000
"""The most characters of a message that a person would read."""


@dataclass(frozen=True)
class Outcome:
    """The end of a case."""

    number: int
    kind: str
    verdict: Literal["result", "refusal", "failure"]
    word: str = ""
    """The class of the refusal, or the failure in one line."""
    told: str = ""


def work(seed: int, pipe: Connection) -> None:
    """Run the cases of the numbers that come through a pipe, and send back how each ended."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    pipe.send("ready")
    while True:
        number = pipe.recv()
        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = int(used.ru_utime + used.ru_stime) + 1 + SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))
        pipe.send(attempt(number, case(seed, number)))


def attempt(number: int, broken: Case) -> Outcome:
    """Run a case in a folder of its own."""
    here = Path.cwd()
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        os.chdir(folder)
        try:
            for name, content in broken.files.items():
                Path(name).write_bytes(content)
            verdict = _called(broken.call) if broken.call else _commanded(broken.words)
        except BaseException as error:  # a panic of polars is no Exception
            verdict = "failure", f"{type(error).__name__} at {_place(error)}", traceback.format_exc()
        finally:
            os.chdir(here)
            gc.enable()  # the command line, whose processes are short, disables it
    return Outcome(number, broken.kind, *verdict)


def _called(call: Callable[[], indicia.Result]) -> tuple[Any, str, str]:
    try:
        return _scored(call())
    except IndiciaError as error:
        return _judged(type(error).__name__, str(error))


def _scored(result: indicia.Result) -> tuple[Any, str, str]:
    scored = result.scored
    for frame in (scored.normalised, scored.nodes, scored.components, result.weights, result.scores.select("score")):
        for column in frame.select(cs.float()):
            if not column.drop_nulls().is_finite().all():
                return "failure", "a score or a weight is no finite number", f"{column}\n{result}"
    missing = result.scores["score"].null_count()
    if missing and not any(note.kind == "no_score" for note in result.notes):
        return "failure", "a score is missing without a word", str(result)
    return "result", "", str(result)


def _commanded(words: list[str]) -> tuple[Any, str, str]:
    out, said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    code: Any = None
    try:
        with redirect_stdout(out), redirect_stderr(said):
            main(words)
    except SystemExit as error:
        code = error.code
    out.flush()
    printed, told = out.buffer.getvalue().decode(), said.getvalue()
    if code == 2:
        return _judged("exit 2", told)
    if code not in (0, 1):
        return "failure", f"exit {code}: {_last(told)}", told
    if "json" in words and any(isinstance(x, float) and not math.isfinite(x) for x in _leaves(json.loads(printed))):
        return "failure", "a printed number is not finite", printed
    return "result", "", printed


def _judged(word: str, message: str) -> tuple[Any, str, str]:
    """Return a refusal, if a person can read its message."""
    if "Traceback" in message or not message.strip() or len(message) > LONGEST:
        return "failure", f"a message of {len(message):,} characters, or a traceback", message
    if "this is a fault of the method" in message:  # these come with Indicia
        return "failure", f"a method falls over: {message[:100]}", message
    return "refusal", word, message


def _leaves(tree: Any) -> Iterator[Any]:
    for inner in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _leaves(inner)
    if not isinstance(tree, (dict, list)):
        yield tree


def _last(told: str) -> str:
    """Return the line of ours at which a traceback arose, and the error."""
    lines = re.findall(r'File ".*/((?:indicia|indicia_methods)/[^"]*)", line (\d+)', told)
    errors = re.findall(r"^(\w[\w.]*(?:Error|Exception|Interrupt)\b[^\n]{0,100})", told, re.MULTILINE)
    return f"{errors[-1] if errors else told[-200:]} at {':'.join(lines[-1]) if lines else '?'}"


def _place(error: BaseException) -> str:
    return _last(traceback.format_exc() or str(error)).rpartition(" at ")[2]
