"""The reports that the server has made, kept until a file of the index changes."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from indicia.errors import IndiciaError
from indicia_bundle.places import named_files, tables_as_read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indicia.index import Index
    from indicia_serve.choices import Answer, FileState
    from indicia_serve.sources import Source

MOST_BYTES = 64 * 1024 * 1024
"""The most bytes of all reports that are kept."""


def state_of_files(source: Source, index: Index) -> tuple[FileState, ...] | None:
    """Return the files that a report is made of, with their times and sizes; None if another source may change.

    A database, a server and a folder of tables change without a trace in the time of a file.
    """
    try:
        if tables_as_read(index):
            return None
        paths = [source.path, *source.plugins, *(file.path for file in named_files(index))]
    except IndiciaError:
        return None
    return _state(map(str, paths))


def _state(paths: Iterable[str]) -> tuple[FileState, ...] | None:
    states = []
    for path in map(Path, paths):
        if not path.is_file():
            return None
        stat = path.stat()
        states.append((str(path), stat.st_mtime_ns, stat.st_size))
    return tuple(states)


class Reports:
    """The latest reports by the words of their addresses.

    The page asks for a report with `POST /api/report`, whose errors are JSON, and opens its address in a frame. A
    report whose sources may change without a trace is kept for that one opening.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[str, Answer] = OrderedDict()

    def take(self, query: str) -> Answer | None:
        """Return a report that is still that of its files; None if there is none."""
        answer = self._kept.pop(query, None)
        if answer is None or answer.files is None or _state(path for path, *_ in answer.files) != answer.files:
            return None
        self._kept[query] = answer
        return answer

    def open(self, query: str) -> Answer | None:
        """Return a report for a frame: also one of other sources, which then is forgotten."""
        answer = self._kept.get(query)
        if answer is not None and answer.files is None:
            return self._kept.pop(query)
        return self.take(query)

    def keep(self, query: str, answer: Answer) -> None:
        """Keep a report, and drop the oldest beyond the limit of bytes, but not the latest."""
        self._kept.pop(query, None)
        self._kept[query] = answer
        while len(self._kept) > 1 and sum(len(kept.content) for kept in self._kept.values()) > self._most:
            self._kept.popitem(last=False)
