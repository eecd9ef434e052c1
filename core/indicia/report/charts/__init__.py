"""Charts as Altair objects, to be changed further, and as files."""

from indicia.report.charts.draw import Drawing, draw, drawing
from indicia.report.charts.plots import ComparisonPlots, ResultPlots, RobustPlots, kind_of, plot
from indicia.report.charts.write import FORMATS, check_format, rendered
