"""The journal of a run over partitions: the answers of finished rounds and the finished partitions.

A run that was broken off takes up where its journal ends. The journal is never unpickled: a folder from a stranger runs
no code.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from indicia.callers import warn
from indicia.data.partition_writer import WrittenPart
from indicia.partitioned.plain_values import Damaged, pack, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from indicia.data.partition_writer import PartitionedOutput

_ROUND = "round-{:04}.zip"
_PARTS = "parts.jsonl"


@dataclass(frozen=True)
class Journal:
    """The journal in the folder of an output that is opened.

    `PartitionedOutput.opened` removes the journal of a run with another identity.
    """

    output: PartitionedOutput
    kept: set[str] = field(default_factory=set)
    """The keys of the answers that the journal has."""

    def answers(self) -> dict[str, Any]:
        """Return the answers of finished rounds, by key; a damaged round and those after it are begun anew, aloud."""
        answers: dict[str, Any] = {}
        for path in self._rounds():
            try:
                answers |= unpack(path.read_bytes())
                self.kept.update(answers)
            except (Damaged, OSError) as error:
                message = f"{path} is damaged ({error}): the run computes this round and the later ones again"
                warn(message)
                self._forget(path)
                break
        return answers

    def keep_answers(self, answers: Mapping[str, Any]) -> None:
        """Add the answers of a finished round to the journal.

        Parameters
        ----------
        answers : Mapping[str, Any]
            All answers so far; those of earlier rounds are not written again.

        Raises
        ------
        OutputError
            The file cannot be written.
        """
        new = {key: value for key, value in answers.items() if key not in self.kept}
        path = self.output.workspace / _ROUND.format(len(list(self._rounds())))
        self.output.write_whole(path, pack(new))
        self.kept.update(new)

    def parts(self) -> dict[str, WrittenPart]:
        """Return the finished partitions whose files are as they were written, by the names of the files."""
        return {part.name: part for part in self._listed() if self.output.is_whole(part)}

    def keep_part(self, part: WrittenPart) -> None:
        """Add a finished partition; only the driver does, so that lines do not mix."""
        with self.output.errors(self._list), self._list.open("a", encoding="utf-8") as file:
            file.write("\n" + json.dumps(asdict(part)))  # the last line of a run that was killed may be cut off
            file.flush()
            os.fsync(file.fileno())

    @property
    def _list(self) -> Path:
        return self.output.workspace / _PARTS

    def _listed(self) -> Iterator[WrittenPart]:
        """Yield the parts in the list; the last line of a run that was killed may be cut off."""
        try:
            lines = self._list.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return
        for line in lines:
            try:
                part = json.loads(line)
                yield WrittenPart(str(part["name"]), int(part["rows"]), str(part["sha256"]))
            except (ValueError, TypeError, KeyError):
                continue

    def _rounds(self) -> Iterator[Path]:
        number = 0
        while (path := self.output.workspace / _ROUND.format(number)).is_file():
            yield path
            number += 1

    def _forget(self, first: Path) -> None:
        """Remove a round and those after it."""
        for path in reversed([path for path in self._rounds() if path.name >= first.name]):
            path.unlink()
