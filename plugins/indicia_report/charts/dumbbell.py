"""The chart of two editions: a line for each unit from its rank then to its rank now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indicia_report.charts.draws import ticks_of_ranks
from indicia_report.charts.highlights import UnitNames
from indicia_report.charts.style import altair, chart_data, distinct_names
from indicia_report.markup import clean, rank_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.definition import Definition
    from indicia_report.charts.style import ChartStyle


@dataclass(frozen=True)
class Move:
    """The ranks of a unit in two editions."""

    key: str
    name: str
    old: float
    new: float


@dataclass(frozen=True)
class Dumbbell:
    """The moves of units between two editions, and the words around them."""

    title: str
    subtitle: Sequence[str]
    moves: Sequence[Move]
    climbed: str
    fell: str
    axis: str
    editions: tuple[str, str]
    source: Sequence[str] = ()
    unchanged: str = "unchanged"
    definition: Definition | None = None

    def largest(self, top: int, keys: Sequence[str] = ()) -> list[Move]:
        """Return the `top` largest moves and those of `keys`, by the rank of the later edition."""
        moved = sorted(self.moves, key=lambda move: (-abs(move.new - move.old), move.new, move.key))
        moved = [move for place, move in enumerate(moved) if place < top or move.key in keys]
        return sorted(moved, key=lambda move: (move.new, move.key))


def draw_dumbbell(dumbbell: Dumbbell, style: ChartStyle, top: int) -> Any:
    """Draw the rank then as a ring, the rank now as a disc, and the line between them in the colour of the move."""
    alt = altair()
    named = UnitNames([move.key for move in dumbbell.moves], [[move.name] for move in dumbbell.moves], {})
    marked = {dumbbell.moves[at].key for at in named.rows(style.highlight)}
    moves = dumbbell.largest(top, sorted(marked))
    names = distinct_names([clean(move.name) for move in moves], [clean(move.key) for move in moves])
    words = {-1: dumbbell.climbed, 1: dumbbell.fell, 0: dumbbell.unchanged}
    directions = [(move.new > move.old) - (move.new < move.old) for move in moves]
    # the two directions always have their place in the legend
    kinds = [words[direction] for direction in (-1, 1, *([0] if 0 in directions else []))]
    colours = [style.positive, style.negative, style["soft"]][: len(kinds)]
    data = [
        {
            "unit": name,
            "old": move.old,
            "new": move.new,
            "right": max(move.old, move.new),
            "kind": words[direction],
            "label": f"{rank_text(move.old)} → {rank_text(move.new)}",
        }
        for name, move, direction in zip(names, moves, directions, strict=True)
    ]
    last = max((float(str(row["right"])) for row in data), default=1.0)
    axis = alt.Axis(values=ticks_of_ranks(int(last)), format="d")
    row = style.row_height(len(names), 6)
    bold = [name for name, move in zip(names, moves, strict=True) if move.key in marked]
    x = alt.X("old:Q", title=dumbbell.axis, axis=axis, scale=alt.Scale(domain=[0.5, 1.12 * last + 0.5], nice=False))
    y = alt.Y("unit:N", sort=names, title=None, scale=alt.Scale(domain=names), axis=style.unit_axis(bold))
    colour = alt.Color(
        "kind:N", title=None, scale=alt.Scale(domain=kinds, range=colours), legend=style.top_legend(kinds)
    )
    base = alt.Chart(chart_data(data)).encode(y=y, tooltip=["unit:N", "label:N"])
    line = base.mark_rule(strokeWidth=2.4).encode(x=x, x2="new:Q", color=colour)
    ring = base.mark_point(size=55, fill=style["paper"], opacity=1, strokeWidth=1.6).encode(x=x, color=colour)
    disc = base.mark_point(size=70, filled=True, opacity=1).encode(x="new:Q", color=colour)
    labels = style.labels(base.encode(x="right:Q", text="label:N"), align="left", dx=9)
    listed = ", ".join(f"{row['unit']} {row['label']}" for row in data[:10])
    then, now = dumbbell.editions
    return style.finish(
        (line + ring + disc + labels).properties(width=480, height=row * len(names)),
        title=dumbbell.title,
        subtitle="\n".join([*dumbbell.subtitle, f"○ {then}  ● {now}"]),
        description=listed,
        definition=dumbbell.definition,
        source=dumbbell.source,
    )
