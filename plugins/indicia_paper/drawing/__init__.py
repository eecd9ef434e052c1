"""The charts of results, found among those that plugins offer, and the style of a publisher."""

from indicia_paper.drawing.drawing import Charts, Drawing, chart_class, charts, drawing, kind_of, size_of
from indicia_paper.drawing.style_file import read_style

__all__ = ["Charts", "Drawing", "chart_class", "charts", "drawing", "kind_of", "read_style", "size_of"]
