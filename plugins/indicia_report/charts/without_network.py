"""Charts that a notebook shows as pictures, without a script and without a network."""

from __future__ import annotations

from functools import cache
from typing import Any

from indicia.errors import MissingDependency


def drawn_without_network(chart: Any) -> Any:
    """Return an Altair chart that a notebook shows as SVG.

    Altair shows a chart by a script that loads Vega from a network. The chart stays an Altair chart: its copies, and
    charts that are made of it, are shown in the same manner. A renderer that the user has enabled in Altair is kept.
    """
    shown = chart.copy(deep=False)
    kind: Any = type(chart)
    # Altair reads the assignment of an attribute as a property of the chart
    object.__setattr__(shown, "__class__", _shown_as_picture(kind))
    return shown


@cache
def _shown_as_picture(kind: Any) -> Any:
    """Return the class of charts of a kind that are shown as pictures."""

    def mime_bundle(self: Any, *args: Any, **kwargs: Any) -> Any:
        import altair

        from indicia_report.charts.write import rendered

        if altair.renderers.active == "default":
            try:
                picture = rendered(self, "svg").decode()
            except MissingDependency:  # without vl-convert the display of Altair is better than none
                return kind._repr_mimebundle_(self, *args, **kwargs)
            return {"image/svg+xml": picture, "text/plain": self.to_dict().get("description", "")}
        return kind._repr_mimebundle_(self, *args, **kwargs)

    if kind.__dict__.get("_is_shown_as_picture"):
        return kind
    members = {"_repr_mimebundle_": mime_bundle, "_is_shown_as_picture": True, "__module__": kind.__module__}
    return type(kind.__name__, (kind,), members)
