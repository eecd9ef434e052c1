"""Charts as Altair objects, to be changed further, and as files."""

from indicia.report.charts.draw import draw
from indicia.report.charts.plots import ComparisonPlots, ResultPlots, RobustPlots, kind_of, plot
from indicia.report.charts.write import FORMATS, check_format, rendered

__all__ = [
    "FORMATS",
    "ComparisonPlots",
    "ResultPlots",
    "RobustPlots",
    "check_format",
    "draw",
    "kind_of",
    "plot",
    "rendered",
]
