"""The key under which the value of a statistic is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    Argument: TypeAlias = str | float


class Question(NamedTuple):
    """A value that a formula asks for: a statistic, a cached column, or a value of another row.

    A node of the tree is the computation; a question is its purpose. Two dimensions may ask for the maximum of the same
    component and get different values, since units that have a score in one dimension may have none in the other.

    >>> print(Question(("health", "income"), "quantile", (0.25,)))
    quantile(0.25) of health, income
    """

    subject: tuple[str, ...]
    """The indicator; of an aggregation the dimension and its component, or the dimension alone."""
    kind: str
    """The name of the statistic, such as `max`; `settled`, where a formula settles an aggregate of its own."""
    arguments: tuple[Argument, ...] = ()

    def __str__(self) -> str:
        arguments = f"({', '.join(map(str, self.arguments))})" if self.arguments else ""
        return f"{self.kind}{arguments} of {', '.join(self.subject)}"
