"""Charts as Altair objects, to be changed further, and as files."""

from indicia.report.charts.draw import draw
from indicia.report.charts.plots import ComparisonPlots, ResultPlots, RobustPlots, plot
from indicia.report.charts.write import FORMATS, rendered

__all__ = ["FORMATS", "ComparisonPlots", "ResultPlots", "RobustPlots", "draw", "plot", "rendered"]
