"""The record: one line for each method and setting, and how a run differs from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from golden.machine import machine
from golden.outcome import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FOLDER = Path(__file__).with_name("records")
"""The record that the repository holds."""

CLOSE = 1e-9
"""The largest difference of sums between machines, as a share of the sum of the absolute values."""

HEAD = "subject\tsetting\tfigures\tsum\ttexts"


@dataclass(frozen=True)
class Record:
    """The lines of a kind of method, or of the indices."""

    machine: str
    """The mark of the machine that wrote the record."""
    lines: Mapping[tuple[str, str], Line]
    """By subject (a method or an index) and setting."""

    @classmethod
    def read(cls, kind: str, folder: Path = FOLDER) -> Record:
        """Read the record of a kind."""
        first, _, *rest = (folder / f"{kind}.tsv").read_text(encoding="utf-8").splitlines()
        rows = (line.split("\t") for line in rest)
        return cls(first.removeprefix("# "), {(row[0], row[1]): Line.read(*row[2:]) for row in rows})

    def write(self, kind: str, folder: Path = FOLDER) -> None:
        """Write the record of a kind, sorted."""
        lines = [f"{subject}\t{setting}\t{line}" for (subject, setting), line in sorted(self.lines.items())]
        folder.mkdir(parents=True, exist_ok=True)
        content = "\n".join([f"# {self.machine}", HEAD, *lines, ""])
        (folder / f"{kind}.tsv").write_text(content, encoding="utf-8", newline="\n")

    @cached_property
    def to_the_bit(self) -> bool:
        """True if this machine computes the same bits as the machine that wrote the record."""
        return self.machine == machine()

    @property
    def comparison(self) -> str:
        """The method of comparison with this record, in words."""
        return "to the bit" if self.to_the_bit else f"within {CLOSE:g}"

    def of_subject(self, subject: str) -> dict[str, Line]:
        """Return the lines of a method or an index, by setting."""
        return {setting: line for (name, setting), line in self.lines.items() if name == subject}

    def differences(self, kind: str, subject: str, lines: Mapping[str, Line]) -> Iterator[str]:
        """Yield a sentence for each group of figures or texts that is not as it was recorded."""
        recorded = self.of_subject(subject)
        for setting in sorted(recorded.keys() | lines.keys()):
            place = f"{kind} {subject}, {setting}"
            if setting not in lines:
                yield f"{place}: recorded, and no longer computed"
            elif setting not in recorded:
                yield f"{place}: computed, and not recorded"
            else:
                before, now = recorded[setting], lines[setting]
                if groups := self._figures(before, now):
                    command = f'just golden-show {kind} {subject} "{setting}"'
                    yield f"{place}: other figures ({groups}); {command} prints them, at both states of the code"
                if groups := ", ".join(self._texts(before, now)):
                    yield f"{place}: other texts ({groups}); figures are compared on their own"

    def _figures(self, before: Line, now: Line) -> str:
        groups = _differing(before.figures, now.figures)
        if self.to_the_bit or before.figures.keys() != now.figures.keys():
            return ", ".join(groups)
        if any(group in before.figures and "~" in text for group, text in before.texts.items()):
            return ""  # a document writes 1 on one machine and 0.9999999999999999 on another
        return ", ".join(groups) if abs(before.sum - now.sum) > CLOSE * max(now.size, 1e-3) else ""

    def _texts(self, before: Line, now: Line) -> list[str]:
        groups = _differing(before.texts, now.texts)
        if self.to_the_bit:
            return groups
        return [group for group in groups if "~" not in before.texts.get(group, "") + now.texts.get(group, "")]


def _differing(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return [group for group in {**before, **now} if before.get(group) != now.get(group)]
