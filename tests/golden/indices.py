"""Every index of `examples/`, with all that is made of it: tables, page, workbook, comparison and analyses."""

from __future__ import annotations

import tempfile
import tomllib
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from reference_folder import folder_of_case

import indicia
from golden.outcome import Outcome, of_document, of_texts
from golden.runs import (
    attempt,
    of_comparison,
    of_fit,
    of_manifest,
    of_page,
    of_result,
    of_robustness,
    of_table,
    parts_of_workbook,
    tables_of,
)
from indicia.analyses import Heading
from indicia.errors import IndiciaError
from indicia_report.page import report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from indicia.answers.answer import Answer
    from indicia.index import Index
    from indicia.result import Result

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
CASES: dict[str, dict[str, Any]] = tomllib.loads((ROOT / "tests/published/cases.toml").read_text(encoding="utf-8"))

_TABLES = (
    *("scores", "ranks", "normalised", "weights", "contributions", "prepared"),
    *("cells", "left_out", "trends", "details"),
)
_COMPARED = {"weighting": ["given", "equal", "entropy"], "aggregation": ["arithmetic", "geometric"]}
"""The methods that are compared where an index has no variants."""

PART = 120
"""The rows of the gallery, at most, of which pages, workbooks and analyses are made: of all they would take minutes."""


@dataclass(frozen=True)
class Case:
    """An index file, one of its variants or the index as it stands, and its table."""

    path: Path
    variant: str | None = None
    table: Path | None = None

    @property
    def index(self) -> Index:
        """The index."""
        whole = indicia.read(self.path)
        return whole.variant(self.variant) if self.variant else whole


@cache
def examples() -> dict[str, Case]:
    """Return the examples whose data the repository holds, with their variants."""
    found = {}
    for path in sorted(EXAMPLES.glob("*/index.toml")):
        variants = tomllib.loads(path.read_text(encoding="utf-8")).get("variants", {})
        for variant in (None, *variants):
            found["/".join(filter(None, (path.parent.name, variant)))] = Case(path, variant)
    return found


@cache
def gallery() -> dict[str, Case]:
    """Return the indices of the gallery whose data are there."""
    cases = {
        name: Case(
            EXAMPLES / "gallery" / f"{case.get('file', name)}.toml",
            case.get("variant"),
            folder_of_case(name, case) / case.get("table", "indicators.csv"),
        )
        for name, case in CASES.items()
    }
    return {name: case for name, case in cases.items() if case.table is not None and case.table.is_file()}


def outcomes(case: Case) -> dict[str, Outcome]:
    """Return the tables, pages and files of an index, by name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return dict(_outcomes(case))


def _outcomes(case: Case) -> Iterator[tuple[str, Outcome]]:
    index = case.index
    frame = index.read_table(case.table)
    results: list[Result] = []

    def score() -> Outcome:
        results.append(index.score_frame(frame))
        return of_result(results[0], ()) | of_texts("title", [results[0].title, *results[0].reproduction])

    yield "messages", attempt(score)
    (result,) = results
    yield from tables_of("table", result, _TABLES)
    yield "manifest", of_manifest("manifest", result.manifest)
    if case.table is not None and len(frame) > PART:
        frame = _part(index, frame)
        result = index.score_frame(frame)
    yield "document", attempt(lambda: _exported(result, "json"))
    yield "long table", attempt(lambda: _exported(result, "csv"))
    yield from _workbook(result)
    languages = (None, "zh") if case.table is None else (None,)
    for language in languages:
        name = f"page {language or 'en'}"
        yield name, attempt(lambda language=language: _page(index, frame, language))
    yield from _analyses(index, frame)
    yield "fitted", attempt(lambda: of_fit(index, frame, frame.head(1)))


def _part(index: Index, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the first units of the last two periods."""
    period = index.definition.data.period
    if period:
        frame = frame.filter(pl.col(period).is_in(frame[period].unique().sort()[-2:].implode()))
    return frame.head(PART)


def _analyses(index: Index, frame: pl.DataFrame) -> Iterator[tuple[str, Outcome]]:
    own = index.definition.variants and not index.chosen
    compared: dict[str, Any] = {} if own else _COMPARED
    tables = ("scores", "ranks", "rankings", "agreement", "movers", "effects", "specification", "consensus", "left_out")
    yield "comparison", attempt(lambda: of_comparison(index.compare(table=frame, **compared), tables))
    drawn = ("units", "acceptability", "factors", "failures")
    varied: dict[str, dict[str, Any]] = {
        "robustness to weights": {"weights": {"spread": 0.25}},
        "robustness to data": {"noise": 0.05},
        "robustness to methods": {"weights": {"dirichlet": 100}, "weighting": ["equal", "entropy"], "sensitivity": 8},
    }
    for name, words in varied.items():
        more = ("sensitivity",) if "sensitivity" in words else ("central_weights",) if "weights" in words else ()
        yield (
            name,
            attempt(
                lambda words=words, more=more: of_robustness(
                    index.robustness(frame, draws=20, seed=1, **words), drawn + more
                )
            ),
        )
    try:
        stability = index.stability(frame, units=12)
    except IndiciaError as error:
        yield "stability", of_texts("error", [error])
        return
    yield from _stability(stability, str(index.definition.data.unit))


def _stability(found: Answer[Any], unit: str) -> Iterator[tuple[str, Outcome]]:
    """Yield the tables of an analysis of stability as they were recorded: units in the column of the data."""
    frames: dict[str, Callable[[], pl.DataFrame]] = {
        "without": lambda: found.frame("omission_effects").drop("median_shift"),
        "ranks": lambda: found.frame("ranks").rename({"unit": unit}),
        "weights": lambda: found.frame("weights"),
        "nearest": lambda: _wide(found).rename({"unit": unit}),
        "reversals": lambda: found.frame("reversals"),
    }
    for name, frame in frames.items():
        yield f"stability {name}", attempt(lambda frame=frame: of_table("figures", frame))
    yield "stability", attempt(lambda: of_texts("notes", _notes(found)))


def _notes(found: Answer[Any]) -> list[str]:
    """Return the sentences on omissions, weights and reversals, with the keys of units and parts."""
    sections: list[list[str]] = []
    for block in found.document():
        if isinstance(block, Heading):
            sections.append([])
        elif isinstance(block, str) and sections:
            sections[-1].append(str(block))
    return [*sections[0], *sections[1], *sections[3]]


def _wide(found: Answer[Any]) -> pl.DataFrame:
    """Return the smallest shifts of weight with a column for each part."""
    shift = found.frame("minimal_weight_shift")
    if shift.is_empty():
        return shift.select(
            "unit", "moved", *(pl.col("then").alias(part.id) for part in found.result.scored.tree.components)
        )
    return shift.pivot("part", index=["unit", "moved"], values="then", maintain_order=True)


def _page(index: Index, frame: pl.DataFrame, language: str | None) -> Outcome:
    return of_page("page", report(index, frame, language=language, draws=20, seed=1))


def _exported(result: Result, ending: str) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"index.{ending}")
        result.export(path)
        text = path.read_text(encoding="utf-8")
    return of_page(ending, text) if ending == "json" else of_document(ending, text)


def _workbook(result: Result) -> Iterator[tuple[str, Outcome]]:
    try:
        parts = parts_of_workbook(result)
    except IndiciaError as error:
        yield "workbook", of_texts("error", [error])
        return
    yield from ((f"workbook {name}", part) for name, part in parts.items())
