"""indicia robustness"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from indicia.cli import options as o
from indicia.errors import DefinitionError
from indicia.lazy import class_at
from indicia_commands.analyse import OfIndex, command_at
from indicia_commands.given_draws import GivenOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    import typer

_PLACE = "indicia_after_score.robustness:Robustness"
_WITH_GIVEN = frozenset(
    (
        *("source", "config", "setting", "variant", "unit", "label", "period", "group", "indicator", "cost"),
        *("vocabulary", "encoding", "plugin", "no_plugins", "only_plugins", "allow_code"),
        *("at", "show", "format", "output", "escape", "lang"),
    )
)
"""The options that go with a table of draws."""


@dataclass(frozen=True)
class OfDraws(OfIndex):
    """An index with its table, or a table of draws."""

    draws_given: GivenOptions = field(default_factory=GivenOptions)

    def instead(self, context: typer.Context, show: str | None, **options: Any) -> bool:
        """Print the confidence in the ranks of given draws; refuse a node for tables that are not about one."""
        tables = class_at(_PLACE).tables()
        if context.params["node"] is not None and (show is None or not tables[show].of_node):
            nodes = sorted(name for name, table in tables.items() if table.of_node)
            raise DefinitionError(
                f"--node is for the tables of one dimension: {', '.join(nodes)}",
                remedy="--show exact_central_weights, or leave --node out",
            )
        if self.draws_given.given is None:
            self.draws_given.check_unused()
            return False
        o.refuse_others(context, "--given", {*_WITH_GIVEN, *vars(self.draws_given)})
        self.draws_given.print_tables(self.source, self.options, context.params["at"], show, **options)
        return True


robustness: Callable[..., None] = command_at(_PLACE, subject=OfDraws)
