"""Promises of sections, charts and exporters, on sample results."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, cached_property
from html.parser import HTMLParser
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.errors import IndiciaError
from indicia.index import Index, read
from indicia.outputs import Chart, ChartOptions, Exported, Exporter, ExportOptions, Rendered, Section, Shown
from indicia.result.report_files import ReportFile
from indicia_compare import ComparisonAnswer
from indicia_conformance.check import check
from indicia_editions.difference import difference_of
from indicia_editions.scored_edition import ScoredEdition
from indicia_paper.dossier import Dossier, compile_dossier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia_conformance.subject import Subject


HOSTILE_TAG = "hostile-name"
"""An element that no output writes: where it is found in markup, a name was not escaped."""
HOSTILE = (
    f"<{HOSTILE_TAG} onclick=alert(1)>",
    "</script></section><script>alert(2)</script>",
    "=1+1",
    "a&b\"'",
    "\u202eturned round",
    "مدينة القاهرة",
    "北京",
    "{unit}",
)
SECRET = 76543.25
"""A raw value of the sample whose raw values are not published."""
SECRETS = ("76543.25", "76,543.25", "76543", "76,543")
_DRAWS = 12


@dataclass(frozen=True)
class OutputSample:
    """The results of one index, as outputs receive them."""

    name: str
    index: Index
    table: pl.DataFrame
    dossier: Dossier
    difference: Any = None

    def __str__(self) -> str:
        return f"the sample {self.name}"

    def shown(self, kind: Shown) -> Any:
        """Return an object that a chart can show; None if the sample lacks it."""
        result = self.dossier.result
        if kind == "result":
            return result
        if kind == "explanation":
            return self._explanation
        if kind == "difference":
            return self.difference
        analysis = self.dossier.robust if kind == "robustness" else self.dossier.compared
        if isinstance(analysis, IndiciaError) or analysis is None:
            return None
        return analysis.figures if isinstance(analysis, ComparisonAnswer) else analysis

    @cached_property
    def _explanation(self) -> Any:
        """The explanation of the first unit; it is computed once."""
        result = self.dossier.result
        return self.index.analyse("explain", self.table, of=str(result.scores[result.unit][0]))

    def exported(self, kind: Exported) -> Any:
        """Return an object that an exporter can write; None if the sample lacks it."""
        if kind in ("dossier", "units"):
            return self.dossier
        if kind == "reports":
            return [ReportFile("report.html", self.dossier.result.title, publisher=HOSTILE[0], summary=HOSTILE[1])]
        if kind == "chart":
            return self.dossier.result.plot.ranking()
        return None if isinstance(self.dossier.audit, IndiciaError) else self.dossier.audit


@cache
def output_samples() -> tuple[OutputSample, ...]:
    """Return the samples; they are computed once in a process."""
    return (_small(), _hostile(), _panel(), _secret())


def _small() -> OutputSample:
    """Return an index of eight towns with gaps, shapes, an outside variable, a variant and an earlier edition."""
    raw = _raw(["x", "y", "z"], {"x": "a", "y": "a", "z": "b"})
    raw["variants"] = {"ranks": {"normalisation": "rank"}}
    raw["publication"] = {"publisher": "Example", "edition": "2", "licence": "CC-BY-4.0"}
    raw["outside"] = {"variables": {"income": {"direction": "benefit"}}}
    raw["map"] = {"path": str(resources.files("indicia_conformance").joinpath("squares.geojson")), "key": "town"}
    index = read(raw)
    table = _table(8, ["x", "y", "z"]).with_columns(income=pl.col("y") * 2 + pl.col("z"))
    dossier = compile_dossier(index, table, needs=("intervals", "comparison", "audit"), draws=_DRAWS)
    earlier = index.score(table.with_columns(pl.col("x") * 1.1))
    old = ScoredEdition.of_result("earlier", index, earlier)
    difference = difference_of(old, ScoredEdition.of_result("later", index, dossier.result))
    return OutputSample("small", index, table, replace(dossier, difference=difference), difference)


def _hostile() -> OutputSample:
    names = [f"<{HOSTILE_TAG}>", "b&", "c'\""]
    raw = _raw(names, {names[0]: "d", names[1]: "e", names[2]: "e"})
    raw["name"] = {"en": HOSTILE[0], "zh": HOSTILE[1]}
    raw["note"] = HOSTILE[1]
    raw["indicators"][names[0]] |= {"name": HOSTILE[1], "unit": HOSTILE[0], "source": HOSTILE[0]}
    raw["dimensions"]["d"] = {"name": HOSTILE[0]}
    raw["variants"] = {HOSTILE[0]: {"normalisation": "rank"}}
    raw["publication"] = {"publisher": HOSTILE[0], "contact": HOSTILE[1], "citation": HOSTILE[0]}
    table = _table(len(HOSTILE), names).with_columns(town=pl.Series(HOSTILE))
    return _sample("with hostile names", read(raw), table)


def _panel() -> OutputSample:
    raw = _raw(["x", "y"], {"x": "a", "y": "b"})
    raw["data"]["period"] = "year"
    raw["indicators"] = {name: {**words, "bounds": [0, 100]} for name, words in raw["indicators"].items()}
    frame = _table(6, ["x", "y"])
    years = [frame.with_columns(pl.col("x") + place, year=pl.lit(2020 + place)) for place in range(3)]
    return _sample("of a panel", read(raw), pl.concat(years))


def _secret() -> OutputSample:
    raw = _raw(["x", "y"], {"x": "a", "y": "b"})
    raw["publication"] = {"raw_values": False}
    table = _table(6, ["x", "y"])
    table = table.with_columns(pl.when(pl.int_range(6) == 2).then(SECRET).otherwise("x").alias("x"))
    return _sample("with raw values that are not published", read(raw), table)


def _sample(name: str, index: Index, table: pl.DataFrame) -> OutputSample:
    return OutputSample(name, index, table, compile_dossier(index, table, draws=_DRAWS))


def _raw(names: list[str], dimensions: dict[str, str]) -> dict[str, Any]:
    return {
        "name": {"en": "A sample", "zh": "样本"},
        "data": {"unit": "town", "groups": ["region"]},
        "dimensions": {dimension: {} for dimension in dict.fromkeys(dimensions.values())},
        "indicators": {name: {"dimension": dimensions[name]} for name in names},
        "methodology": {"missing": "skip"},
    }


def _table(units: int, names: list[str]) -> pl.DataFrame:
    random = np.random.default_rng(11)
    frame = pl.DataFrame(
        {
            "town": [f"Town {number}" for number in range(units)],
            "region": [f"Region {number % 2}" for number in range(units)],
            **{name: random.normal(50, 10, units) for name in names},
        }
    )
    return frame.with_columns(pl.when(pl.int_range(units) == 1).then(None).otherwise(names[0]).alias(names[0]))


_LANGUAGES = (("en", "zh"), ("zh", "en"), ("fr",))


@check("section")
def check_section_fits_the_page(subject: Subject) -> None:
    """The markup runs and fetches nothing, has no style attributes, is closed, and its islands can be drawn."""
    for sample in output_samples():
        nodes = {node.id for node in sample.dossier.result.scored.tree.nodes()}
        nodes |= {part.id for part in sample.dossier.result.scored.tree.descendants()}
        units = set(map(str, sample.dossier.result.scored.units[sample.dossier.result.unit]))
        for languages in _LANGUAGES:
            rendered = _rendered(subject, sample, languages)
            if rendered is not None and (problem := rendered.problem(nodes, units)):
                subject.fail("the section fits the page", f"it {problem}; {sample}, languages {', '.join(languages)}")


@check("section")
def check_section_escapes_names(subject: Subject) -> None:
    """Names and texts of the index file and of the data are text, not markup."""
    for sample in output_samples():
        rendered = _rendered(subject, sample, ("en", "zh"))
        if rendered is not None and HOSTILE_TAG in _tags(rendered.html):
            subject.fail("names are text", f"<{HOSTILE_TAG}>, a name, is an element of the markup; {sample}")


@check("section")
def check_section_withholds_raw_values(subject: Subject) -> None:
    """Raw values that the index file does not publish are not in the section."""
    for sample in output_samples():
        rendered = _rendered(subject, sample, ("en",))
        if "not published" in sample.name and rendered is not None:
            shown = [secret for secret in SECRETS if secret in rendered.html]
            if shown:
                subject.fail("raw values are not published", f"{shown[0]} is in the markup; {sample}")


@check("section")
def check_section_again(subject: Subject) -> None:
    """The same results give the same section."""
    for sample in output_samples():
        if _rendered(subject, sample, ("en",)) != _rendered(subject, sample, ("en",)):
            subject.fail("the same results give the same section", str(sample))


@check("chart")
def check_chart_is_drawn(subject: Subject) -> None:
    """Whatever it can show becomes valid Vega-Lite with a title and a description, in each language and theme."""
    shows = _chart(subject).shows
    drawn = [
        (f"{kind} of {sample}", chart)
        for kind in shows
        for options in _CHART_OPTIONS
        for sample, chart in _drawn(subject, kind, options)
    ]
    if not drawn:
        reason = f": {subject.errors[-1]}" if subject.errors else ""
        subject.fail("it draws what it shows", f"it drew no {' and no '.join(shows)}{reason}")
    for example, chart in drawn:
        for word in ("title", "description"):
            if not chart.get(word):
                subject.fail("a chart has a title and a description", f"it has no {word}; {example}")


@check("chart")
def check_chart_again(subject: Subject) -> None:
    """The same results give the same chart."""
    for kind in _chart(subject).shows:
        options = ChartOptions()
        first, again = list(_drawn(subject, kind, options)), list(_drawn(subject, kind, options))
        for (sample, chart), (_, other) in zip(first, again, strict=True):
            if chart != other:
                subject.fail("the same results give the same chart", f"{kind} of {sample}")


@check("exporter")
def check_exporter_writes(subject: Subject) -> None:
    """Every format is written: the bytes of a file or of several, with names that stay in the folder."""
    exporter = _exporter(subject)
    for form in exporter.formats:
        written = [files for kind in exporter.exports for files in _written(subject, kind, form)]
        if not written:
            reason = f": {subject.errors[-1]}" if subject.errors else ""
            subject.fail("every format is written", f"nothing was written as {form}{reason}")
        for sample, files in written:
            if not files or not all(files.values()):
                subject.fail("a file has content", f"a file of {form} has no bytes; {sample}")
            for name, content in files.items():
                if not isinstance(content, bytes):
                    subject.fail("the content of a file is bytes", f"{type(content).__name__} of {form}; {sample}")
                if {"/", "\\"} & set(name) or name.startswith(".."):
                    subject.fail("the name of a file stays in the folder", f"{name!r} of {form}; {sample}")


@check("exporter")
def check_exporter_again(subject: Subject) -> None:
    """The same results give the same bytes, except in formats that are declared `unstable`."""
    exporter = _exporter(subject)
    for form in (form for form in exporter.formats if form not in exporter.unstable):
        for kind in exporter.exports:
            first, again = list(_written(subject, kind, form)), list(_written(subject, kind, form))
            for (sample, files), (_, others) in zip(first, again, strict=True):
                if files != others:
                    subject.fail("the same results give the same bytes", f"{form} of {sample}")


_CHART_OPTIONS = (ChartOptions(), ChartOptions("zh", "dark"))


def _rendered(subject: Subject, sample: OutputSample, languages: tuple[str, ...]) -> Rendered | None:
    section = subject.method
    assert isinstance(section, Section)
    with subject.watch(sample):
        rendered = section.render(sample.dossier, languages)
    if rendered is not None and not isinstance(rendered, Rendered):
        subject.fail("render returns a Rendered, or None", f"{rendered!r:.80}; {sample}")
    return rendered


def _chart(subject: Subject) -> Chart[Any]:
    assert isinstance(subject.method, Chart)
    return subject.method


def _drawn(subject: Subject, kind: Any, options: ChartOptions) -> Iterator[tuple[OutputSample, dict[str, Any]]]:
    """Yield the Vega-Lite of the samples that the chart can draw; of the others, it says that there is nothing."""
    for sample in output_samples():
        if (shown := sample.shown(kind)) is None:
            continue
        try:
            with subject.watch(sample):
                chart = _chart(subject).draw(shown, options).to_dict()
        except IndiciaError as error:
            subject.errors.append(str(error))
            continue
        yield sample, chart


def _exporter(subject: Subject) -> Exporter[Any]:
    assert isinstance(subject.method, Exporter)
    return subject.method


def _written(subject: Subject, kind: Any, form: str) -> Iterator[tuple[OutputSample, dict[str, bytes]]]:
    """Yield the files of the samples; an IndiciaError says that the format cannot hold the results."""
    for sample in output_samples():
        if (exported := sample.exported(kind)) is None:
            continue
        details = {"folder": "reports", "page": "reports/index.html"} if kind == "reports" else {}
        try:
            with subject.watch(sample):
                files = dict(_exporter(subject).write(exported, ExportOptions(form, details=details)))
        except IndiciaError as error:
            subject.errors.append(str(error))
            continue
        yield sample, files


def _tags(html: str) -> set[str]:
    """Return the names of the elements of some markup."""
    names: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            del attrs
            names.add(tag)

    reader = Reader()
    reader.feed(html)
    return names
