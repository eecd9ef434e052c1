"""The chart of two editions: a line for each unit from its rank then to its rank now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indicia_report.charts.rankings import LINE
from indicia_report.charts.style import COLOURS, altair, chart_data, distinct_names
from indicia_report.markup import clean, rank_text

if TYPE_CHECKING:
    from collections.abc import Sequence

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

    def largest(self, top: int) -> list[Move]:
        """Return the `top` largest moves, by the rank of the later edition."""
        moved = sorted(self.moves, key=lambda move: (-abs(move.new - move.old), move.new, move.key))[:top]
        return sorted(moved, key=lambda move: (move.new, move.key))


def draw_dumbbell(dumbbell: Dumbbell, style: ChartStyle, top: int) -> Any:
    """Draw the rank then as a ring, the rank now as a disc, and the line between them in the colour of the move."""
    alt = altair()
    moves = dumbbell.largest(top)
    names = distinct_names([clean(move.name) for move in moves], [clean(move.key) for move in moves])
    words = {-1: dumbbell.climbed, 1: dumbbell.fell, 0: dumbbell.unchanged}
    directions = [(move.new > move.old) - (move.new < move.old) for move in moves]
    # the two directions always have their place in the legend
    kinds = [words[direction] for direction in (-1, 1, *([0] if 0 in directions else []))]
    colours = [COLOURS[0], COLOURS[5], style["soft"]][: len(kinds)]
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
    axis = alt.Axis(values=[1, *range(5, int(last) + 1, 5 * max(1, int(last) // 50))], format="d")
    x = alt.X("old:Q", title=dumbbell.axis, axis=axis, scale=alt.Scale(domain=[0.5, 1.12 * last + 0.5], nice=False))
    y = alt.Y("unit:N", sort=names, title=None, scale=alt.Scale(domain=names))
    colour = alt.Color(
        "kind:N", title=None, scale=alt.Scale(domain=kinds, range=colours), legend=alt.Legend(orient="top")
    )
    base = alt.Chart(chart_data(data)).encode(y=y, tooltip=["unit:N", "label:N"])
    line = base.mark_rule(strokeWidth=2.4).encode(x=x, x2="new:Q", color=colour)
    ring = base.mark_point(size=55, fill=style["paper"], opacity=1, strokeWidth=1.6).encode(x=x, color=colour)
    disc = base.mark_point(size=70, filled=True, opacity=1).encode(x="new:Q", color=colour)
    labels = base.mark_text(align="left", dx=9, fontSize=11).encode(x="right:Q", text="label:N")
    listed = ", ".join(f"{row['unit']} {row['label']}" for row in data[:10])
    then, now = dumbbell.editions
    return style.finish(
        (line + ring + disc + labels).properties(width=480, height=LINE * len(names)),
        title=dumbbell.title,
        subtitle="\n".join([*dumbbell.subtitle, f"○ {then}  ● {now}"]),
        description=listed,
        source=dumbbell.source,
    )
