"""The key under which the value of a statistic is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    Argument: TypeAlias = str | float


class Question(NamedTuple):
    """A value that a formula needs beside the values of its row: a statistic, a cached column, or a look-up.

    A node describes a computation; a question adds the indicator or dimension that uses it. Two dimensions may share a
    component and need different values of its maximum, since a unit may have a score in one dimension only.

    >>> print(Question(("health", "income"), "quantile", (0.25,)))
    quantile(0.25) of health, income
    """

    subject: tuple[str, ...]
    """The indicator; of an aggregation the dimension and its component, or the dimension alone."""
    kind: str
    """The name of the statistic, such as `max`; `settled` for an aggregate without a name, as in `s(x.exp().sum())`."""
    arguments: tuple[Argument, ...] = ()

    def __str__(self) -> str:
        arguments = ", ".join(str(argument) for argument in self.arguments if argument != "")
        arguments = f"({arguments})" if arguments else ""
        return f"{self.kind}{arguments} of {', '.join(self.subject)}"
