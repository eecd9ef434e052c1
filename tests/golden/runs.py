"""Outcomes of runs, comparisons and analyses, taken through the public functions alone."""

from __future__ import annotations

import json
import platform
import re
import tempfile
import warnings
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

import indicia
from golden.outcome import WORDS, Outcome, joined, of_document, of_frame, of_numbers, of_texts
from indicia.errors import IndiciaError, IndiciaWarning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from indicia.index import Index
    from indicia.result import Result
    from indicia_after_score.robust_answer import RobustAnswer
    from indicia_compare import Comparison

_HERE = (
    *(version("indicia"), pl.__version__, np.__version__, version("scipy"), platform.python_version()),
    f"{platform.system()} {platform.machine()}",
)
_MASKED = re.compile(rf"(?<![\d.])(?:{'|'.join(map(re.escape, _HERE))})(?![\d.])|\b[0-9a-f]{{64}}\b")
"""The versions that take part, and hashes of files and of code, which change with every line of a plugin."""
_DATES = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def attempt(run: Callable[[], Outcome]) -> Outcome:
    """Return the outcome or the error of a run, and its warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = run()
        except IndiciaError as error:
            found = of_texts("error", [error])
    told = [f"{one.category.__name__}: {one.message}" for one in caught if issubclass(one.category, IndiciaWarning)]
    return found | of_texts("warnings", told)


def of_result(result: Result, tables: Iterable[str]) -> Outcome:
    """Return some tables of a result, with its facts and its notes."""
    facts = [value for node in result.facts.values() for value in node.values()]
    numbers = [value for value in facts if not isinstance(value, str)]
    return joined(
        [
            *(of_table(name, lambda name=name: result.frame(name)) for name in tables),
            *([of_numbers("facts", numbers)] if numbers else []),
            of_texts(f"{WORDS}facts", [f"{node}: {', '.join(one)}" for node, one in result.facts.items()]),
            of_texts("notes", result.notes),
        ]
    )


def of_comparison(comparison: Comparison, tables: Iterable[str]) -> Outcome:
    """Return some tables of a comparison, with what it remarks."""
    frames = [of_table(name, lambda name=name: comparison.frame(name)) for name in tables]
    return joined([*frames, of_texts("notes", comparison.notes)])


def of_robustness(answer: RobustAnswer, tables: Iterable[str] = ()) -> Outcome:
    """Return the scores and ranks of all draws, with some tables and the notes."""
    robust, names = answer.figures, {"sensitivity": "sobol_indices"}
    return joined(
        [
            of_numbers("drawn scores", robust.scores),
            of_numbers("drawn ranks", robust.ranks),
            *(of_table(name, lambda name=name: answer.frame(names.get(name, name))) for name in tables),
            of_texts("notes", robust.notes),
        ]
    )


def of_fit(index: Index, table: pl.DataFrame, others: pl.DataFrame) -> Outcome:
    """Fit an index to a table; return its file, and the scores that the file gives the table and other rows."""
    fitted = indicia.fit(index, table)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "fitted.json")
        fitted.write(path)
        content = json.loads(path.read_text(encoding="utf-8"))
        again = indicia.read_fitted(path)
        scored = [again.score(frame) for frame in (table, others)]
    content["fitted"] = {"methodology": content["fitted"]["methodology"]}
    content["index"] = {}  # the definition as it was read, whose path is that of this machine
    content = {word: value for word, value in content.items() if word not in ("format", "sha256")}
    whole, other = (of_frame(name, one.scores) for name, one in zip(("scores", "others"), scored, strict=True))
    notes = [note for one in scored for note in one.notes]
    document = of_document("file", json.dumps(content, ensure_ascii=False, indent=1), in_order=False)
    return joined([document, whole, other, of_texts("notes", notes)])


def of_manifest(group: str, manifest: Any) -> Outcome:
    """Return a manifest without versions and hashes."""
    return of_page(group, json.dumps(manifest, ensure_ascii=False, indent=1, default=str))


def of_page(group: str, page: str) -> Outcome:
    """Return a page without versions and hashes."""
    return of_document(group, _MASKED.sub("masked", page))


def parts_of_workbook(result: Result) -> dict[str, Outcome]:
    """Return every part of the workbook of a result, without dates."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "index.xlsx")
        result.export(path)
        with zipfile.ZipFile(path) as book:
            texts = {name: book.read(name).decode("utf-8") for name in book.namelist()}
    return {name: of_page(name.rpartition("/")[2], _DATES.sub("date", text)) for name, text in texts.items()}


def tables_of(kind: str, source: Result, names: Iterable[str]) -> Iterator[tuple[str, Outcome]]:
    """Yield each table by name, such as "table ranks"."""
    for name in names:
        yield f"{kind} {name}", attempt(lambda name=name: of_table("figures", lambda: source.frame(name)))


def of_table(name: str, frame: Callable[[], pl.DataFrame]) -> Outcome:
    """Return a table, or the reason why there is none."""
    try:
        return of_frame(name, frame())
    except IndiciaError as error:
        return of_texts(f"no {name}", [error])
