"""The hooks by which plugins offer methods, checks, analyses, outputs, sections of the index file and sources.

A plugin is a module, or another object, with functions of these names, marked with `hookimpl`. The hook of a kind of
method takes no arguments and returns classes:

    from indicia.catalogue import hookimpl

    @hookimpl
    def indicia_normalisations():
        return [Sigmoid]

A plugin of several modules can return the places of classes by the names of the methods. A place is the full name of
the module, a colon and the name of the class. Indicia imports the module when a run uses the method:

    @hookimpl
    def indicia_normalisations():
        return {
            "sigmoid": "my_sigmoid.curves:Sigmoid",
            "gompertz": "my_sigmoid.growth:Gompertz",
        }

Indicia finds a plugin by an entry point of the group `indicia`:

    [project.entry-points.indicia]
    my_sigmoid = "my_sigmoid"

The name before the equals sign is free. If it is the name of a kind, such as `normalisation`, or begins with one and a
full stop, such as `"check.map"`, then a run that needs other kinds does not import the module. A module that offers
several kinds has an entry point for each of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import pluggy

from indicia.lazy import class_at
from indicia.methods import Method

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from indicia.analyses import Analysis
    from indicia.checks import Check
    from indicia.methods import Aggregation, Agreement, Consensus, Imputation, Normalisation, Treatment, Weighting
    from indicia.outputs import Chart, Exporter, Section
    from indicia.sources import Source

M = TypeVar("M", bound=Method)
Offered: TypeAlias = "Iterable[type[M]] | Mapping[str, type[M] | str]"
"""The return value of a hook: classes, or a mapping of names to classes and places, "module:Class"."""

hookspec: pluggy.HookspecMarker = pluggy.HookspecMarker("indicia")
hookimpl: pluggy.HookimplMarker = pluggy.HookimplMarker("indicia")


@hookspec
def indicia_imputations() -> Offered[Imputation]:
    """Offer imputations.

    Returns
    -------
    classes of Imputation, or a mapping of names to classes and places

    Examples
    --------
    from dataclasses import dataclass
    from indicia.catalogue import hookimpl
    from indicia.methods import Imputation

    @dataclass(frozen=True)
    class Lowest(Imputation):
        '''Fill missing values with the smallest value of the indicator.'''

        name = "lowest"
        reference = "Example"

        def fill(self, x, s):
            return s.min

    @hookimpl
    def indicia_imputations():
        return [Lowest]
    """
    raise NotImplementedError


@hookspec
def indicia_treatments() -> Offered[Treatment]:
    """Offer treatments of outliers and transforms.

    Returns
    -------
    classes of Treatment, or a mapping of names to classes and places

    Examples
    --------
    from dataclasses import dataclass
    from indicia.catalogue import hookimpl
    from indicia.methods import Treatment

    @dataclass(frozen=True)
    class CubeRoot(Treatment):
        '''Take the cube root.'''

        name = "cube_root"
        reference = "Example"
        changes_scale = True

        def treat(self, x, s):
            return x.cbrt()

    @hookimpl
    def indicia_treatments():
        return [CubeRoot]
    """
    raise NotImplementedError


@hookspec
def indicia_normalisations() -> Offered[Normalisation]:
    """Offer normalisations.

    Returns
    -------
    classes of Normalisation, or a mapping of names to classes and places

    Examples
    --------
    from dataclasses import dataclass
    from indicia.catalogue import hookimpl
    from indicia.methods import Domain, Normalisation

    @dataclass(frozen=True)
    class Halved(Normalisation):
        '''Divide by twice the largest value; of a cost, divide the smallest value by twice each.'''

        name = "halved"
        reference = "Example"
        domain = Domain.POSITIVE

        def benefit(self, x, s):
            return x / (2 * s.max)

        def cost(self, x, s):
            return s.min / (2 * x)

    @hookimpl
    def indicia_normalisations():
        return [Halved]
    """
    raise NotImplementedError


@hookspec
def indicia_weightings() -> Offered[Weighting]:
    """Offer weightings.

    Returns
    -------
    classes of Weighting, or a mapping of names to classes and places

    Examples
    --------
    from dataclasses import dataclass
    from indicia.catalogue import hookimpl
    from indicia.methods import Weighting

    @dataclass(frozen=True)
    class Spread(Weighting):
        '''Weigh an indicator by its range.'''

        name = "spread"
        reference = "Example"

        def weigh(self, indicators):
            return indicators.each(lambda x, s: s.max - s.min)

    @hookimpl
    def indicia_weightings():
        return [Spread]
    """
    raise NotImplementedError


@hookspec
def indicia_aggregations() -> Offered[Aggregation]:
    """Offer aggregations.

    Returns
    -------
    classes of Aggregation, or a mapping of names to classes and places

    Examples
    --------
    from dataclasses import dataclass
    from indicia.catalogue import hookimpl
    from indicia.methods import Aggregation, row_sum

    @dataclass(frozen=True)
    class Quadratic(Aggregation):
        '''Take the root of the weighted mean of squares.'''

        name = "quadratic"
        reference = "Example"

        def combine(self, components):
            return row_sum(c.w * c.z**2 for c in components).sqrt()

    @hookimpl
    def indicia_aggregations():
        return [Quadratic]
    """
    raise NotImplementedError


@hookspec
def indicia_agreements() -> Offered[Agreement]:
    """Offer agreements of rankings.

    Returns
    -------
    classes of Agreement, or a mapping of names to classes and places

    Examples
    --------
    from dataclasses import dataclass
    from indicia.catalogue import hookimpl
    from indicia.methods import Agreement

    @dataclass(frozen=True)
    class SameRank(Agreement):
        '''Take the share of units that have the same rank.'''

        name = "same_rank"
        reference = "Example"

        def measure(self, first, others):
            return (first == others).mean(axis=-1)

    @hookimpl
    def indicia_agreements():
        return [SameRank]
    """
    raise NotImplementedError


@hookspec
def indicia_consensuses() -> Offered[Consensus]:
    """Offer consensuses, which make one ranking of several.

    Returns
    -------
    classes of Consensus, or a mapping of names to classes and places

    Examples
    --------
    from dataclasses import dataclass
    from indicia.catalogue import hookimpl
    from indicia.methods import Consensus

    @dataclass(frozen=True)
    class BestRank(Consensus):
        '''Take the best rank that a unit has.'''

        name = "best_rank"
        reference = "Example"
        low_is_best = True

        def combine(self, rankings):
            return rankings.min(axis=0)

    @hookimpl
    def indicia_consensuses():
        return [BestRank]
    """
    raise NotImplementedError


@hookspec
def indicia_checks() -> Offered[Check]:
    """Offer checks of the data.

    Returns
    -------
    classes of Check, or a mapping of codes to classes and places

    Examples
    --------
    from dataclasses import dataclass
    from indicia.catalogue import hookimpl
    from indicia_audit.checks import Check, Finding, Subject

    @dataclass(frozen=True)
    class FewUnits(Check):
        '''Find an index of few units.'''

        code = "H01"
        title = "few units"
        severity = "warning"
        source = "Example"
        why = "Ranks of few units tell little."
        example = 'An index of three towns: "the index has 3 units, and 10 are the least".'
        advice = "Add units, or publish scores without ranks."

        least: int = 10

        def look(self, subject):
            number = subject.unit_names.n_unique()
            if number < self.least:
                sentence = f"the index has {number} units, and {self.least} are the least"
                yield Finding("index", float(number), float(self.least), sentence, "add units")

        @classmethod
        def planted(cls):
            import polars as pl

            units = pl.DataFrame({"town": ["Ash", "Elm", "Fir"]})
            return Subject.of(units, pl.DataFrame({"income": [1.0, 2.0, 3.0]})), "index"

    @hookimpl
    def indicia_checks():
        return [FewUnits]
    """
    raise NotImplementedError


@hookspec
def indicia_analyses() -> Offered[Analysis]:
    """Offer analyses.

    Returns
    -------
    classes of Analysis, or a mapping of names to classes and places

    Examples
    --------
    from dataclasses import dataclass
    from typing import Annotated
    from indicia.analyses import About, Analysis, Column, Kind, Table
    from indicia.answers.needs import Rows, Scores
    from indicia.catalogue import hookimpl
    from indicia.messages.sentence import Sentence

    @dataclass(frozen=True)
    class Gaps(Analysis):
        '''The distance of each unit to the best score.'''

        name = "gaps"
        heading = "How far is each unit from the best?"

        top: Annotated[int, About("the number of units", ge=1)] = 10

        gaps = Table(
            "Distance to the best score",
            Column("unit", Kind.UNIT, "the unit"),
            Column("gap", Kind.CHANGE, "its score minus the highest one"),
            order="The smallest distance first; ties by the name of the unit.",
        )

        def compute(self, facts):
            result, (_, rows) = facts[Scores()], facts[Rows()]
            scores = result.scores.filter(rows).drop_nulls("score").rename({result.unit: "unit"})
            gap = (scores["score"] - scores["score"].max()).alias("gap")
            sorted_gaps = scores.with_columns(gap).sort("gap", "unit", descending=[True, False])
            return {self.gaps: self.gaps.select(sorted_gaps.head(self.top))}

        def sentences(self, frames):
            for unit, gap in frames[self.gaps].tail(1).rows():
                yield Sentence("{unit} is {gap:.3g} behind the best", unit=unit, gap=-gap)

    @hookimpl
    def indicia_analyses():
        return [Gaps]
    """
    raise NotImplementedError


@hookspec
def indicia_sections() -> Offered[Section[Any]]:
    """Offer sections of the page.

    Returns
    -------
    classes of Section, or a mapping of names to classes and places

    Examples
    --------
    from dataclasses import dataclass
    from html import escape
    from indicia.catalogue import hookimpl
    from indicia.outputs import Rendered, Section

    @dataclass(frozen=True)
    class FirstTen(Section):
        '''The first ten units.'''

        name = "first_ten"
        view = "method"
        order = 50

        def render(self, dossier, languages):
            result = dossier.result
            first = result.scores.drop_nulls("rank").sort("rank", result.unit).head(10)[result.unit]
            items = "".join(f"<li><bdi>{escape(str(name))}</bdi></li>" for name in first)
            return Rendered({"en": "The first ten", "zh": "前十名"}, f"<ol>{items}</ol>") if items else None

    @hookimpl
    def indicia_sections():
        return [FirstTen]
    """
    raise NotImplementedError


@hookspec
def indicia_charts() -> Offered[Chart[Any]]:
    """Offer charts.

    Returns
    -------
    classes of Chart, or a mapping of names to classes and places

    Examples
    --------
    from dataclasses import dataclass
    from indicia.catalogue import hookimpl
    from indicia.outputs import Chart

    @dataclass(frozen=True)
    class Dots(Chart):
        '''Draw the scores as dots.'''

        name = "dots"
        shows = ("result",)

        def draw(self, shown, options):
            import altair

            title = {"en": "Scores", "zh": "得分"}.get(options.language, "Scores")
            values = [{"score": score} for score in shown.scores["score"].drop_nulls()]
            chart = altair.Chart(altair.Data(values=values), title=title, description=f"{title}: {len(values)}")
            return chart.mark_point().encode(x="score:Q")

    @hookimpl
    def indicia_charts():
        return [Dots]
    """
    raise NotImplementedError


@hookspec
def indicia_exporters() -> Offered[Exporter[Any]]:
    """Offer exporters.

    Returns
    -------
    classes of Exporter, or a mapping of names to classes and places

    Examples
    --------
    from dataclasses import dataclass
    from indicia.catalogue import hookimpl
    from indicia.outputs import Exporter

    @dataclass(frozen=True)
    class Lines(Exporter):
        '''Write the names of the units, a line each.'''

        name = "lines"
        exports = ("dossier",)
        formats = {"lines": (".txt",)}

        def write(self, exported, options):
            names = exported.result.scores[exported.result.unit]
            return {"": "".join(f"{name}\\n" for name in names).encode()}

    @hookimpl
    def indicia_exporters():
        return [Lines]
    """
    raise NotImplementedError


@hookspec
def indicia_file_sections() -> Mapping[str, type | str]:
    """Offer sections of the index file.

    Returns
    -------
    mapping of the names of sections to their models, or to places of them, which are imported if a file states the
    section

    Examples
    --------
    from indicia.catalogue import hookimpl
    from indicia.definition.section import Section

    class Newsletter(Section):
        '''The newsletter of the index.'''

        editor: str
        pages: int = 4

    @hookimpl
    def indicia_file_sections():
        return {"newsletter": Newsletter}
    """
    raise NotImplementedError


@hookspec
def indicia_writers() -> Mapping[str, Callable[..., str | bytes] | str]:
    """Offer formats of documents.

    Returns
    -------
    mapping of the words of `--format`, which are endings of files too, to functions, or to places of them; a function
    gets an answer and the language of the reader, None for English, and returns the content of a file

    Examples
    --------
    from indicia.answers.document import document_of
    from indicia.catalogue import hookimpl
    from indicia.documents.blocks import TextTable

    def org(answer, language):
        lines = [f"#+title: {answer.titled(language)}"]
        for block in document_of(answer, language):
            if isinstance(block, TextTable):
                lines += [f"| {' | '.join(row)} |" for row in (block.headings, *block.rows)]
        return "\\n".join(lines) + "\\n"

    @hookimpl
    def indicia_writers():
        return {"org": org}
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def indicia_open(source: object) -> Source | None:
    """Open a source of a kind: a file, an address, a value of Python.

    Parameters
    ----------
    source
        The text, the path or the value that a user names.

    Returns
    -------
    the Source, or None for a source of another kind; the first plugin that returns one opens it

    Examples
    --------
    from indicia.catalogue import hookimpl
    from indicia.sources import TableSource

    @hookimpl
    def indicia_open(source):
        if not str(source).startswith("towns:"):
            return None
        names, size = ["Ash", "Elm", "Fir", "Oak"], int(str(source).removeprefix("towns:"))
        return TableSource({"town": names[:size], "income": [3.0, 9.0, 1.0, 4.0][:size]})
    """
    raise NotImplementedError


@dataclass(frozen=True)
class Hook:
    """A hook, and the name of the entry points of plugins that have no other hook."""

    name: str
    hook: str


@dataclass(frozen=True)
class Kind(Hook):
    """A kind of method. The first five kinds are stages of an index, and keys of an index file."""

    place: str

    @cached_property
    def base(self) -> type[Method]:
        """The base class of the methods of this kind, which is imported when it is used."""
        base: type[Method] = class_at(self.place)
        return base


KINDS = (
    Kind("imputation", "indicia_imputations", "indicia.methods:Imputation"),
    Kind("treatment", "indicia_treatments", "indicia.methods:Treatment"),
    Kind("normalisation", "indicia_normalisations", "indicia.methods:Normalisation"),
    Kind("weighting", "indicia_weightings", "indicia.methods:Weighting"),
    Kind("aggregation", "indicia_aggregations", "indicia.methods:Aggregation"),
    Kind("agreement", "indicia_agreements", "indicia.methods:Agreement"),
    Kind("consensus", "indicia_consensuses", "indicia.methods:Consensus"),
)
"""The kinds of method."""

CHECKS = Kind("check", "indicia_checks", "indicia.checks:Check")
"""The kind of checks, which are no methods of an index."""

ANALYSES = Kind("analysis", "indicia_analyses", "indicia.analyses:Analysis")
"""The kind of analyses, which are no methods of an index."""

SECTIONS = Kind("section", "indicia_sections", "indicia.outputs:Section")
CHARTS = Kind("chart", "indicia_charts", "indicia.outputs:Chart")
EXPORTERS = Kind("exporter", "indicia_exporters", "indicia.outputs:Exporter")
OUTPUTS = (SECTIONS, CHARTS, EXPORTERS)
"""The kinds of outputs, which are no methods of an index."""

OFFERED_KINDS = (*KINDS, CHECKS, ANALYSES, *OUTPUTS)
"""All kinds that a plugin can offer."""

FILE_SECTIONS = Hook("file_section", "indicia_file_sections")
WRITERS = Hook("writer", "indicia_writers")
PLACES = (FILE_SECTIONS, WRITERS)
"""The hooks that offer other things than classes of methods."""
SOURCES = Hook("source", "indicia_open")

HOOKS = (*OFFERED_KINDS, *PLACES, SOURCES)
"""All hooks."""
