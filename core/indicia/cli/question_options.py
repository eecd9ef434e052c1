"""The options of `indicia explain`: which question is asked of a unit, and which options belong to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

import typer

from indicia.cli import options as o
from indicia.errors import DefinitionError

Question = Literal["score", "gap", "move", "reach"]
"""Why a unit has its score; why it is ahead of another; why it moved; how it reaches a rank."""


@dataclass(frozen=True)
class QuestionOptions:
    """The options that turn the explanation of a score into that of a move, or into the way to a rank."""

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
    rank: Annotated[
        int | None, typer.Option("--reach", min=1, metavar="RANK", help="What would bring the unit to this rank.")
    ] = None
    overtake: Annotated[
        str | None, typer.Option("--overtake", metavar="UNIT", help="What would bring the unit level with this unit.")
    ] = None
    price: Annotated[
        list[str],
        typer.Option(
            "--price",
            metavar="INDICATOR=NUMBER",
            help="--reach: the cost of a change by 1; default: 1 / standard deviation.",
        ),
    ] = field(default_factory=list)
    limit: Annotated[
        list[str],
        typer.Option(
            "--limit",
            metavar="INDICATOR=NUMBER",
            help="--reach: the furthest value of an indicator; default: the best of the others.",
        ),
    ] = field(default_factory=list)
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

    def question(self, others: int) -> Question:
        """Return the question; refuse options that ask two questions, or that belong to another question.

        `others` is the number of units after the first.
        """
        used = [name for name in _NAMES if getattr(self, name) not in (None, [])]
        asking = [name for name in used if name in _ASKS]
        kinds = list(dict.fromkeys(_ASKS[name] for name in asking))
        if (
            len(kinds) > 1
            or ("rank" in used and "overtake" in used)
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

    @property
    def prices(self) -> dict[str, float]:
        """The cost of a change of each indicator by one unit of its raw values."""
        return _numbers(self.price, "--price")

    @property
    def limits(self) -> dict[str, float]:
        """The furthest raw value that each indicator can have."""
        return _numbers(self.limit, "--limit")


_ASKS: dict[str, Question] = {
    "start": "move", "end": "move", "since": "move", "rank": "reach", "overtake": "reach",
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
_OPTIONS = {"start": "--from", "end": "--to", "rank": "--reach"}


def _option(name: str) -> str:
    return _OPTIONS.get(name, f"--{name.replace('_', '-')}")


def _numbers(texts: list[str], option: str) -> dict[str, float]:
    """Read indicators with numbers, each of them once."""
    numbers: dict[str, float] = {}
    for name, number in (_number(text, option) for text in texts):
        if name in numbers:
            raise DefinitionError(f"{option} names {name} twice", remedy="leave one of them out")
        numbers[name] = number
    return numbers


def _number(text: str, option: str) -> tuple[str, float]:
    """Read an indicator and a number.

    >>> _number("income=4200", "--price")
    ('income', 4200.0)
    """
    name, equals, value = text.partition("=")
    try:
        if not (name.strip() and equals):
            raise ValueError
        return name.strip(), float(value)
    except ValueError as error:
        raise DefinitionError(f'cannot read {option} "{text}"', remedy=f"write {option} income=4200") from error
