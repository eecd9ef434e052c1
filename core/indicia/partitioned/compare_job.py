"""Score one partition by several methodologies, which read it once in each round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indicia.errors import IndiciaError
from indicia.partitions.partition import Partition, Pending

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl

    from indicia.partitioned.scored_files import ScoredPartition, WriteScores


class MethodologyFails(IndiciaError):
    """A methodology cannot score a partition; the comparison goes on without it."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(reason)
        self.number: int = number
        self.cause: str = reason

    def __reduce__(self) -> tuple[type[MethodologyFails], tuple[int, str]]:
        return type(self), (self.number, self.cause)


@dataclass(frozen=True)
class CompareJob:
    """Scores a partition by several methodologies."""

    read: Callable[[Any], pl.DataFrame]
    """Reads a partition."""
    scoring: Mapping[int, WriteScores]
    """By the number of the methodology; each scores a frame that is read already."""

    def __call__(self, item: Any, partition: Partition) -> dict[int, ScoredPartition]:
        """Return the outcomes by the numbers of methodologies."""
        frame, outcomes, is_open = self.read(item), {}, False
        for number, score in self.scoring.items():
            prefix = f"{number}: "
            answers = {
                key.removeprefix(prefix): answer for key, answer in partition.answers.items() if key.startswith(prefix)
            }
            own = Partition(partition.number, answers, score.output.workspace, partition.where)
            try:
                outcomes[number] = score(frame, own)
            except Pending:
                is_open = True
            except IndiciaError as error:
                raise MethodologyFails(number, error.reason) from error
            partition.questions.update({prefix + key: question for key, question in own.questions.items()})
        if is_open:
            raise Pending
        return outcomes
