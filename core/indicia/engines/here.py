"""The engine without workers: items run in this process, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.engines.engine import WorkerReply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from indicia.engines.engine import Item, Outcome


@dataclass(frozen=True)
class Here:
    """Calls the function in this process. Nothing is pickled, and the order of work is that of the items."""

    name: str = "partitions"
    workers: int = 1

    def map(self, function: Callable[[Item], Outcome], items: Iterable[Item]) -> Iterator[Outcome]:
        """Yield the outcomes in order; see `Engine.map`."""
        return map(function, items)

    def on_every_worker(self, function: Callable[[], object]) -> list[WorkerReply]:
        """Call the function here; see `Engine.on_every_worker`."""
        return [reply_here(function)]


def reply_here(function: Callable[[], object]) -> WorkerReply:
    """Return the reply of this process, which stands for all workers that share its interpreter and its files."""
    try:
        return WorkerReply("this process", function())
    except Exception as error:
        return WorkerReply("this process", error=error)
