"""The promises of sections, charts and exporters: a broken one is found, with the reason."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from indicia.errors import IndiciaError
from indicia.outputs import Chart, ChartOptions, Exporter, ExportOptions, Files, Island, Rendered, Section
from indicia.result import Result
from indicia_conformance.outputs import (
    check_chart_again,
    check_chart_is_drawn,
    check_exporter_again,
    check_exporter_writes,
    check_section_again,
    check_section_escapes_names,
    check_section_fits_the_page,
    check_section_withholds_raw_values,
)
from indicia_paper.dossier import Dossier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia_conformance.check import Check

COUNTER = itertools.count()


@dataclass(frozen=True)
class Wrong(Section[Dossier]):
    """A section with one of several faults."""

    name = "wrong"
    fault: str = ""

    def render(self, dossier: Dossier, languages: Sequence[str]) -> Rendered | None:
        title, result = {"en": "Wrong"}, dossier.result
        if self.fault == "names":
            return Rendered(title, f"<p>{result.scores[result.unit][0]}</p>")
        if self.fault == "raw":
            values = result.scored.raw.values
            return Rendered(title, f"<p>{values['x'].max() if 'x' in values else 0}")
        if self.fault == "again":
            return Rendered(title, f"<p>{next(COUNTER)}")
        if self.fault == "title":
            return Rendered({"en": " "}, "<p>x")
        if self.fault == "raises":
            raise ZeroDivisionError("no units")
        if self.fault == "island":
            return Rendered(title, '<figure data-island="0"><p>x</figure>', (Island("strip", {"node": "nowhere"}),))
        if self.fault == "no figure":
            return Rendered(title, "<p>x", (Island("strip", {"node": "index"}),))
        return Rendered(title, self.fault)


@dataclass(frozen=True)
class WrongChart(Chart[Result]):
    """A chart with one of several faults."""

    name = "wrong"
    shows = ("result",)
    fault: str = ""

    def draw(self, shown: Result, options: ChartOptions) -> Any:
        import altair

        if self.fault == "nothing":
            raise IndiciaError("there is nothing to draw")
        number = next(COUNTER) if self.fault == "again" else 1
        chart = altair.Chart(altair.Data(values=[{"x": number}]), title="" if self.fault == "title" else "Wrong")
        chart = chart.mark_bar().encode(x="x:Q")
        return chart if self.fault == "description" else chart.properties(description="A bar")


@dataclass(frozen=True)
class WrongExporter(Exporter[Dossier]):
    """An exporter with one of several faults."""

    name = "wrong"
    exports = ("dossier",)
    formats: ClassVar[dict[str, tuple[str, ...]]] = {"wrong": (".wrong",)}
    fault: str = ""

    def write(self, exported: Dossier, options: ExportOptions) -> Files:
        if self.fault == "nothing":
            raise IndiciaError("the format holds nothing")
        if self.fault == "again":
            return {"": str(next(COUNTER)).encode()}
        if self.fault == "text":
            return {"": "text"}  # type: ignore[dict-item]
        return {"": b"" if self.fault == "empty" else b"x", **({"../beside": b"x"} if self.fault == "name" else {})}


@pytest.mark.parametrize(
    ("check", "method", "reason"),
    [
        (check_section_fits_the_page, Wrong("<script>x</script>"), "has the element <script>"),
        (check_section_fits_the_page, Wrong("<p style='color:red'>x"), "has the attribute style of <p>"),
        (check_section_fits_the_page, Wrong("<a href='javascript:x'>x</a>"), "has the address 'javascript:x'"),
        (check_section_fits_the_page, Wrong("<div>x"), "does not close <div>"),
        (check_section_fits_the_page, Wrong("x</section>"), "closes <section>, which it did not open"),
        (check_section_fits_the_page, Wrong("title"), "has a heading without text"),
        (check_section_fits_the_page, Wrong("island"), "has node = 'nowhere', which is no part"),
        (check_section_fits_the_page, Wrong("no figure"), "has 1 islands, and figures of the islands none"),
        (check_section_fits_the_page, Wrong("raises"), "wrong fails: ZeroDivisionError: no units"),
        (check_section_escapes_names, Wrong("names"), "a name, is an element of the markup"),
        (check_section_withholds_raw_values, Wrong("raw"), "76543.25 is in the markup"),
        (check_section_again, Wrong("again"), "the same results give the same section"),
        (check_chart_is_drawn, WrongChart("title"), "it has no title"),
        (check_chart_is_drawn, WrongChart("description"), "it has no description"),
        (check_chart_is_drawn, WrongChart("nothing"), "it drew no result: there is nothing to draw"),
        (check_chart_again, WrongChart("again"), "the same results give the same chart"),
        (check_exporter_writes, WrongExporter("nothing"), "nothing was written as wrong: the format holds nothing"),
        (check_exporter_writes, WrongExporter("empty"), "a file of wrong has no bytes"),
        (check_exporter_writes, WrongExporter("text"), "str of wrong"),
        (check_exporter_writes, WrongExporter("name"), "'../beside' of wrong"),
        (check_exporter_again, WrongExporter("again"), "the same results give the same bytes"),
    ],
)
def test_a_broken_promise_is_found(check: Check, method: Any, reason: str) -> None:
    kinds = {"section": Section, "chart": Chart, "exporter": Exporter}
    kind = next(kind for kind, base in kinds.items() if isinstance(method, base))
    with pytest.raises(AssertionError) as caught:
        check(method, kind)
    assert reason in str(caught.value)
