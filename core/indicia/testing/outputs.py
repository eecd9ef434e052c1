"""Promises of sections, charts and exporters."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from indicia.errors import IndiciaError
from indicia.outputs import Chart, ChartOptions, Exporter, ExportOptions, Rendered, Section
from indicia.testing.check import check
from indicia.testing.output_samples import HOSTILE_TAG, SECRETS, OutputSample, output_samples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.testing.subject import Subject

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
