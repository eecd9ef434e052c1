"""The page, the charts and the documents of an index: a plugin that comes with Indicia."""

from __future__ import annotations

from indicia.catalogue import hookimpl

indicia_contract = 2


@hookimpl
def indicia_checks() -> dict[str, str]:
    """Offer the check of the shapes of a map, which needs the reader of shapes of this package."""
    return {"N02": "indicia_report.map.shapes_check:ShapesOfMap"}


@hookimpl
def indicia_charts() -> dict[str, str]:
    """Offer the charts of this package: the name of each, and the place of its class."""
    return {
        "acceptability": "indicia_report.charts.chart_classes:Acceptability",
        "bump": "indicia_report.charts.chart_classes:Bump",
        "correlation": "indicia_report.charts.chart_classes:Correlation",
        "coverage": "indicia_report.charts.chart_classes:Coverage",
        "distributions": "indicia_report.charts.chart_classes:Distributions",
        "dumbbell": "indicia_report.charts.charts_of_units:DumbbellChart",
        "heat_map": "indicia_report.charts.chart_classes:HeatMap",
        "intervals": "indicia_report.charts.chart_classes:Intervals",
        "lines": "indicia_report.charts.chart_classes:Lines",
        "map": "indicia_report.charts.chart_classes:Map",
        "profile": "indicia_report.charts.chart_classes:Profile",
        "ranking": "indicia_report.charts.chart_classes:Ranking",
        "scatter": "indicia_report.charts.chart_classes:Scatter",
        "slope": "indicia_report.charts.chart_classes:Slope",
        "specification": "indicia_report.charts.chart_classes:Specification",
        "strip": "indicia_report.charts.chart_classes:Strip",
        "structure": "indicia_report.charts.chart_classes:Structure",
        "waterfall": "indicia_report.charts.charts_of_units:WaterfallChart",
    }


@hookimpl
def indicia_exporters() -> dict[str, str]:
    """Offer the exporters of this package: the name of each, and the place of its class."""
    return {
        "document": "indicia_report.files.exporters:Document",
        "gallery": "indicia_report.units.gallery:Gallery",
        "long_table": "indicia_report.files.exporters:LongTable",
        "page": "indicia_report.files.exporters:Page",
        "paper_table": "indicia_report.files.exporters:TableForPaper",
        "picture": "indicia_report.files.exporters:Picture",
        "sdmx": "indicia_report.files.exporters:Sdmx",
        "unit_pages": "indicia_report.units.exporter:PagesOfUnits",
    }


@hookimpl
def indicia_sections() -> dict[str, str]:
    """Offer the sections of this package: the name of each, and the place of its class."""
    return {
        "aggregates": "indicia_report.method.aggregates:Aggregates",
        "bands": "indicia_report.method.bands:Bands",
        "comparison": "indicia_report.method.comparison:OtherMethodologies",
        "correlation": "indicia_report.method.correlation:Correlations",
        "coverage": "indicia_report.method.coverage:Coverage",
        "findings": "indicia_report.method.findings:Findings",
        "manifest": "indicia_report.method.manifest:Manifest",
        "methodology": "indicia_report.method.methodology:Methodology",
        "notes": "indicia_report.method.manifest:Notes",
        "outside": "indicia_report.method.outside:Outside",
        "publication": "indicia_report.method.publication:AboutPublication",
        "since": "indicia_report.method.since:Since",
        "sources": "indicia_report.method.publication:Sources",
        "stated_analyses": "indicia_report.method.analyses:Analyses",
        "structure": "indicia_report.method.structure:Structure",
        "uncertainty": "indicia_report.method.uncertainty:Uncertainty",
        "worked_unit": "indicia_report.method.worked_unit:WorkedUnit",
    }


@hookimpl
def indicia_writers() -> dict[str, str]:
    """Offer the format of this package: the word, and the place of its function."""
    return {"docx": "indicia_report.files.word:answer_in_word"}
