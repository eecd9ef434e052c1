"""The options of `indicia explain`: which question is asked of a unit, and which options belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from indicia.cli import options as o
from indicia.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Mapping

Question = Literal["score", "gap", "move", "reach"]
"""Why a unit has its score; why it is ahead of another; why it moved; how it reaches a rank."""


@dataclass(frozen=True)
class QuestionOptions:
    """The options that turn the explanation of a score into that of a move, and those on draws."""

    start: Annotated[
        str | None, typer.Option("--from", metavar="PERIOD", help="Explain the move since this period of a panel.")
    ] = None
    end: Annotated[
        str | None, typer.Option("--to", metavar="PERIOD", help="The period in which the move ends; default: the last.")
    ] = None
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="EDITION", help="Explain the move since this edition: index file, pack or fitted index."
        ),
    ] = None
    since_table: o.SinceTable = None
    weights: Annotated[
        str | None,
        typer.Option(
            "--weights", help="Gap, move: how sure; draw weights: ±25%, simplex, dirichlet(100), 'a >= b', a table."
        ),
    ] = None
    draws: Annotated[int | None, typer.Option("--draws", min=1, help="Gap, move: number of draws (default: 1000).")] = (
        None
    )
    seed: o.Seed = None

    def question(self, others: int, options: Mapping[str, Any]) -> Question:
        """Return the question; refuse options that ask two questions, or that belong to another question.

        `others` is the number of units after the first, and `options` are all options of the command line.
        """
        used = [name for name in _NAMES if options[name] not in (None, [], ())]
        asking = [name for name in used if name in _ASKS]
        kinds = list(dict.fromkeys(_ASKS[name] for name in asking))
        if (
            len(kinds) > 1
            or ("reach" in used and "overtake" in used)
            or ("since" in used and {"start", "end"} & {*used})
        ):
            raise DefinitionError(
                f"{' and '.join(map(_option, asking))} ask different questions", remedy="leave out all but one of them"
            )
        if others and kinds:
            raise DefinitionError(
                f"two units ask for the gap between them, and {_option(asking[0])} asks about one unit",
                remedy=f"name one unit, or leave {_option(asking[0])} out",
            )
        question: Question = "gap" if others else kinds[0] if kinds else "score"
        for name in used:
            if question not in _NAMES[name]:
                raise DefinitionError(f"{_option(name)} {_NEEDS[name]}", remedy=f"leave {_option(name)} out")
        if "since_table" in used and "since" not in used:
            raise DefinitionError("--since-table needs --since", remedy="--since names the earlier edition")
        return question


_ASKS: dict[str, Question] = {
    "start": "move", "end": "move", "since": "move", "reach": "reach", "overtake": "reach",
}  # fmt: skip
"""The question that an option asks."""
_NAMES: dict[str, tuple[Question, ...]] = {
    **{name: (question,) for name, question in _ASKS.items()},
    "since_table": ("move",),
    "price": ("reach",),
    "limit": ("reach",),
    "weights": ("gap", "move"),
    "draws": ("gap", "move"),
    "seed": ("gap", "move"),
}
"""The questions that an option belongs to."""
_DRAWN = "is for draws, and neither a score nor the way to a rank is drawn"
_NEEDS = {
    "since_table": "needs --since",
    "price": "is for the way to a rank, of --reach or --overtake",
    "limit": "is for the way to a rank, of --reach or --overtake",
    "weights": _DRAWN,
    "draws": _DRAWN,
    "seed": _DRAWN,
}
_OPTIONS = {"start": "--from", "end": "--to"}


def _option(name: str) -> str:
    return _OPTIONS.get(name, f"--{name.replace('_', '-')}")
