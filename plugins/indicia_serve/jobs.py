"""The functions that worker processes call for requests; each returns an answer, also for an error."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from indicia.errors import IndiciaError
from indicia_serve.choices import HTML, Answer, Choices, answer_error, answer_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from indicia_serve.sources import Source


@dataclass(frozen=True)
class Job:
    """A request to a worker: the name of a function of this module, and its arguments."""

    name: str
    arguments: tuple[Any, ...]


def prepare(memory: int | None) -> None:
    """Import what most requests need, and limit the memory of this process to some bytes, on Linux.

    The limit counts what a process writes, and not the files that it maps: polars maps large ones.
    """
    from indicia_serve import scoring  # noqa: F401

    if sys.platform == "linux" and memory is not None:
        import resource

        _, highest = resource.getrlimit(resource.RLIMIT_DATA)
        limit = memory if highest == resource.RLIM_INFINITY else min(memory, highest)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def answer(job: Job) -> Answer:
    """Return the answer to a request; an error that a user can act on is an answer too."""
    try:
        return _JOBS[job.name](*job.arguments)
    except IndiciaError as error:
        return answer_error(error)


def _describe(source: Source) -> Answer:
    from indicia_serve.scoring import describe

    return answer_json(describe(source))


def _score(source: Source, request: object) -> Answer:
    from indicia_serve.scoring import score

    return answer_json(score(source, Choices.read(request)))


def _save(source: Source, request: object, name: str) -> Answer:
    from indicia_serve.saving import save_variant

    return answer_json(save_variant(source, Choices.read(request), name))


def _draft(table: Path, sheet: str | None) -> Answer:
    from indicia_serve.drafting import draft_of_upload

    return answer_json(draft_of_upload(table, sheet))


def _report(source: Source, request: object, language: str | None) -> Answer:
    """Return the page of `indicia report` for an index with the chosen methods, which it names as tried."""
    from indicia.defaults import PAGE_FORMAT
    from indicia.outputs import ExportOptions
    from indicia_paper.dossier import compile_dossier
    from indicia_paper.exporting import contents, exporter_of
    from indicia_serve.reports import state_of_files
    from indicia_serve.scoring import recorded_warnings

    choices = Choices.read(request)
    published = source.open()
    index, trial = choices.apply(published), choices.trial(published, source.path)
    files = state_of_files(source, index)  # before the files are read, so that a later change counts
    with recorded_warnings():  # the page has the notes of its run
        form, page = exporter_of("dossier", PAGE_FORMAT, catalogue=index.catalogue)
        dossier = compile_dossier(index, needs=page.needs, period=choices.period, language=language)
        content = contents(page, replace(dossier, trial=trial), ExportOptions(form, language))[""]
    return Answer(content, HTML, files=files)


_JOBS: Mapping[str, Callable[..., Answer]] = {
    "describe": _describe,
    "score": _score,
    "save": _save,
    "draft": _draft,
    "report": _report,
}
