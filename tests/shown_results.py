"""Charts and files of results, for tests: short ways to what the commands `plot` and `export` compute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indicia.outputs import ChartOptions
from indicia_paper.dossier import Dossier
from indicia_paper.drawing import Drawing
from indicia_paper.drawing import drawing as drawing_of
from indicia_paper.exporting import files_of

if TYPE_CHECKING:
    from indicia import Index
    from indicia.result import Result

KINDS = {
    "ranking": "result",
    "profile": "result",
    "heat_map": "result",
    "intervals": "robust",
    "slope": "result",
    "specification": "comparison",
    "correlation": "result",
    "structure": "result",
    "coverage": "result",
    "acceptability": "robust",
    "distributions": "result",
    "strip": "result",
    "waterfall": "result",
}
"""The object of each chart that needs no further options; a slope chart can also show a comparison."""

_OF_ALL_CHARTS = ("language", "theme", "period", "highlight", "size", "title", "style")
_OF_ANALYSES = ("methods", "draws", "seed", "catalogue", "progress")


def drawing(index: Index, kind: str, table: object = None, **options: Any) -> Drawing:
    """Return a chart of an index with its notes; `options` are those of all charts, of analyses and of this chart."""
    general = {word: options.pop(word) for word in _OF_ALL_CHARTS if word in options}
    analyses = {word: options.pop(word) for word in _OF_ANALYSES if word in options}
    return drawing_of(index, kind, table, options=ChartOptions(**general), parameters=options, **analyses)


def draw(index: Index, kind: str, table: object = None, **options: Any) -> Any:
    """Return a chart of an index; `options` are those of `drawing`."""
    return drawing(index, kind, table, **options).chart


def data_of(chart: Any) -> list[list[dict[str, Any]]]:
    """Return the data of all layers and parts of a chart."""
    specification = chart if isinstance(chart, dict) else chart.to_dict()
    own = specification.get("data", {}).get("values")
    parts = [*specification.get("layer", ()), *specification.get("vconcat", ())]
    return [*([own] if own is not None else []), *(rows for part in parts for rows in data_of(part))]


def exported(result: Result, form: str, language: str | None = None) -> bytes:
    """Return the file of a result in a format."""
    return files_of(Dossier(result), "dossier", form, language=language)[""]
