"""Cases: files that are mutated, and the command that is given them; each follows from a seed and its number."""

from __future__ import annotations

import io
import json
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile

import mutators
import polars as pl

import indicia
from indicia.catalogue import installed
from indicia_bundle import fitted

if TYPE_CHECKING:
    from collections.abc import Callable

INDEX = """\
name = { en = "Towns", zh = "城镇" }

[data]
path = "table.csv"
unit = "town"
label = { fr = "town" }
period = "year"
groups = ["region"]
missing = ["", "-"]
where = { year = 2020 }

[dimensions]
economy = { weight = 2, name = "Economy", aggregation = "geometric" }
nature = { weight = 1, parent = "economy" }

[indicators]
jobs = { dimension = "economy", bounds = [0, 100], per = "people", factor = 1000, unit = "per 1000" }
pay = { dimension = "economy", transform = "log", weight = 0.5 }
air = { dimension = "nature", direction = "cost", treatment = "winsorise" }
green = { dimension = "nature", direction = "target", target = 30, worst = [0, 90], simulated = true }

[screening]
indicators = 0.5

[methodology]
imputation = "median"
normalisation = { method = "min_max", lower = 1, upper = 100 }
weighting = "given"
aggregation = "arithmetic"
missing = "skip"
statistics = "period"
constant = "neutral"
ties = "min"
levels = [{ decimals = 2 }]
ranks = ["region"]

[eligible]
without = ["Town 3"]

[reference]
name = "Press"
top = ["Town 1", "Town 2"]

[variants.other]
normalisation = "z_score"
aggregation = "topsis"

[robustness]
draws = 20
seed = 1
weights = { spread = 0.25 }
normalisation = ["min_max", "rank"]
noise = 0.1
"""

TOWNS = {
    "data": {"unit": "town", "period": "year", "groups": ["region"]},
    "indicators": {"jobs": {}, "pay": {"per": "people"}, "air": {"direction": "cost"}, "green": {}},
    "methodology": {"missing": "skip", "constant": "neutral", "ranks": ["region"]},
}
"""An index of tables that are mutated, which bears gaps and constant columns."""

LENIENT = ["--set=methodology.missing=skip", "--set=methodology.constant=neutral"]

FORMATS = ("csv", "tsv", "parquet", "json", "xlsx")
STAGES = ("imputation", "treatment", "normalisation", "weighting", "aggregation")
COMMANDS = (
    ["run", "--format", "json"],
    ["run", "--show", "weights", "--format", "json"],
    ["check"],
    ["compare", "-n", "min_max,rank", "-w", "equal,entropy"],
    ["robustness", "--draws", "8", "--seed", "1", "--weights", "±25%"],
    ["stability"],
    ["audit", "--draws", "8"],
    ["report", "-o", "out.html"],
    ["export", "-o", "out.xlsx"],
    ["fit", "-o", "out.json"],
    ["plot", "ranking", "-o", "out.svg"],
)
"""The commands that index files and tables are given to; the first, the most."""


@dataclass(frozen=True)
class Case:
    """Files, and what is done with them: words of the command line, or a function of the package."""

    kind: str
    files: dict[str, bytes]
    words: list[str]
    call: Callable[[], indicia.Result] | None = None


def case(seed: int, number: int) -> Case:
    """Return a case: the same for the same seed and number."""
    random = Random(f"{seed} {number}")
    kind = list(KINDS)[number % len(KINDS)]
    return KINDS[kind](kind, random)


def _index(kind: str, random: Random) -> Case:
    """Mutate an index file as bytes, as tokens, or as the tables that it holds."""
    match random.randrange(4):
        case 0:
            content = mutators.several(mutators.of_bytes, INDEX.encode(), random)
        case 1:
            content = mutators.several(mutators.of_tokens, INDEX, random).encode(errors="replace")
        case _:
            tree = mutators.several(mutators.of_structure, tomllib.loads(INDEX), random)
            content = "\n".join(f"{_key(key)} = {_toml(inner)}" for key, inner in tree.items()).encode()
    files = {"index.toml": content, "table.csv": _written(_table(Random(1)), "csv")}
    if random.random() < 0.6:
        return Case(kind, files, [], lambda: indicia.read("index.toml").score())
    return _commanded(kind, files, "index.toml", [], random)


def _of_table(kind: str, random: Random) -> Case:
    """Mutate a table as columns and cells, and sometimes the bytes of its file too."""
    rows = _table(random, random.choice([1, 2, 5, 9]))
    if random.random() < 0.85:
        rows = mutators.several(_columns, rows, random)
    content = _written(rows, kind)
    if random.random() < 0.4:
        content = mutators.several(_members if kind == "xlsx" else mutators.of_bytes, content, random)
    name = f"table.{kind}"
    options = random.choice([[], ["--unit=town", "--period=year", *LENIENT]])
    if random.random() < 0.4:
        return _commanded(kind, {name: content}, name, options, random)
    if options:
        return Case(kind, {name: content}, [], lambda: indicia.read(TOWNS).score(name))
    return Case(kind, {name: content}, [], lambda: indicia.score(name))


def _method(kind: str, random: Random) -> Case:
    """Name a method with parameters that it does not expect, and mutate the text."""
    stage = random.choice(STAGES)
    text = _call(stage, random)
    if random.random() < 0.6:
        text = mutators.several(mutators.of_tokens, text, random)
    files = {"table.csv": _written(_table(random, random.choice([1, 2, 5, 9]), gaps=stage == "imputation"), "csv")}
    about = {"unit": "town", "period": "year"} if random.random() < 0.5 else {"where": {"year": 2020}, "unit": "town"}
    indicators = {"jobs": {"target": 9}, "pay": {"bounds": [0, 50]}, "air": {"direction": "cost"}, "green": {}}
    if random.random() < 0.7:
        index = {"data": about, "indicators": indicators, "methodology": {stage: text}}
        return Case(kind, files, [stage, text], lambda: indicia.read(index).score("table.csv"))
    return Case(kind, files, ["run", "table.csv", "--unit", "town", "--period", "year", f"--{stage}={text}"])


def _fitted(kind: str, random: Random) -> Case:
    """Mutate a fitted index as bytes, as tokens, or as the tables that it holds."""
    match random.randrange(3):
        case 0:
            content = mutators.several(mutators.of_bytes, _fitted_file().encode(), random)
        case 1:
            content = mutators.several(mutators.of_tokens, _fitted_file(), random).encode(errors="replace")
        case _:
            tree = json.loads(_fitted_file())
            if random.random() < 0.7:  # the first form has no checksum, which refuses each change at once
                tree.pop("sha256", None)
                tree["format"] = 1
            tree = mutators.several(mutators.of_structure, tree, random)
            content = json.dumps(tree, default=str).encode(errors="replace")
    files = {"fitted.json": content, "table.csv": _written(_table(Random(2)), "csv")}
    if random.random() < 0.7:
        return Case(kind, files, [], lambda: fitted.read("fitted.json").score("table.csv"))
    return Case(kind, files, ["score", "fitted.json", "table.csv", "--format", "json"])


KINDS: dict[str, Callable[[str, Random], Case]] = {
    "index file": _index,
    "method": _method,
    "fitted": _fitted,
    **dict.fromkeys(FORMATS, _of_table),
}
"""The kinds of input that are damaged, in turn."""


def _commanded(kind: str, files: dict[str, bytes], name: str, options: list[str], random: Random) -> Case:
    command, *words = random.choice([COMMANDS[0]] * len(COMMANDS) + list(COMMANDS))
    if command == "plot":
        words = [words[0], name, *words[1:]]
        return Case(kind, files, [command, *words, *options])
    return Case(kind, files, [command, name, *words, *options])


def _table(random: Random, units: int = 5, gaps: bool = True) -> dict[str, list[Any]]:
    """Return a table of towns in two years, column by column."""
    years = (2020, 2021)
    rows = units * len(years)
    columns: dict[str, list[Any]] = {
        "town": [f"Town {number}" for number in range(units)] * len(years),
        "year": [year for year in years for _ in range(units)],
        "region": [random.choice(["north", "south"]) for _ in range(rows)],
        "people": [random.randint(1, 10**6) for _ in range(rows)],
    }
    for name in ("jobs", "pay", "air", "green"):
        columns[name] = [round(random.lognormvariate(2, 1), 3) for _ in range(rows)]
        if gaps and random.random() < 0.3:
            columns[name][random.randrange(rows)] = None
    return columns


def _columns(columns: dict[str, list[Any]], random: Random) -> dict[str, list[Any]]:
    """Change cells, a name, or the shape of a table; two columns may get one name, which the writers of bytes keep."""
    columns = {name: list(cells) for name, cells in columns.items()}
    name, other = random.choice(list(columns)), random.choice(list(columns))
    cells = columns[name]
    match random.randrange(9):
        case 0 if cells:
            cells[random.randrange(len(cells))] = mutators.value(random)
        case 1 | 2:
            columns[name] = [random.choice(mutators.NUMBERS) if random.random() < 0.3 else cell for cell in cells]
        case 3:
            columns[name] = [random.choice(mutators.TEXTS) if random.random() < 0.3 else cell for cell in cells]
        case 4:
            columns[name] = [random.choice([None, True, *mutators.NUMBERS, *mutators.TEXTS])] * len(cells)
        case 5:
            return {random.choice(mutators.TEXTS) if old == name else old: column for old, column in columns.items()}
        case 6:
            del columns[name]
        case 7:
            columns[name] = list(columns[other])
        case 8:
            kept = [row for row in range(len(cells)) if random.random() < random.choice([0, 0.5, 0.9])]
            return {old: [column[row] for row in kept] for old, column in columns.items()}
    return columns


def _written(columns: dict[str, list[Any]], ending: str) -> bytes:
    """Return the content of a file that holds the columns."""
    out = io.BytesIO()
    if ending in ("csv", "tsv"):
        separator = "," if ending == "csv" else "\t"
        lines = [columns.keys(), *zip(*columns.values(), strict=True)]
        return "\n".join(separator.join(_cell(cell) for cell in line) for line in lines).encode(errors="replace")
    if ending == "json":
        records = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        return json.dumps(records, default=str).encode(errors="replace")
    if ending == "parquet":
        pl.DataFrame([_series(name, cells) for name, cells in columns.items()]).write_parquet(out)
    else:
        plain = (
            (name, [cell if isinstance(cell, float) else _plain(cell) for cell in cells])
            for name, cells in columns.items()
        )
        pl.DataFrame([pl.Series(name, cells, strict=False) for name, cells in plain]).write_excel(out)
    return out.getvalue()


def _cell(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',\t\n"') else text


def _series(name: str, cells: list[Any]) -> pl.Series:
    """Return a column of the type of its cells, or of text where Parquet has no such type."""
    try:
        column = pl.Series(name, cells)
        column.to_frame().write_parquet(io.BytesIO())
    except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
        return pl.Series(name, [_plain(cell) for cell in cells], pl.String)
    return column


def _sheet_column(name: str, cells: list[Any]) -> pl.Series:
    """Return a column of numbers where all cells are, and else of text."""
    numbers = all(cell is None or isinstance(cell, float) for cell in cells)
    return pl.Series(name, cells if numbers else [_plain(cell) for cell in cells], strict=False)


def _plain(cell: object) -> str | None:
    return None if cell is None else str(cell)[:30_000]


def _members(content: bytes, random: Random) -> bytes:
    """Mutate a workbook as a file, or one of the files that are packed in it."""
    if random.random() < 0.3:
        return mutators.of_bytes(content, random)
    out = io.BytesIO()
    try:
        with ZipFile(io.BytesIO(content)) as book, ZipFile(out, "w", ZIP_DEFLATED) as copy:
            chosen = random.choice(book.namelist())
            for name in book.namelist():
                member = book.read(name)
                if name == chosen:
                    text = mutators.of_tokens(member.decode(errors="replace"), random)
                    member = random.choice([text.encode(errors="replace"), mutators.of_bytes(member, random), b""])
                copy.writestr(name, member)
    except Exception:  # it was mutated before, and is no good zip file any more
        return mutators.of_bytes(content, random)
    return out.getvalue()


def _call(stage: str, random: Random) -> str:
    """Return a method with some of its parameters, in the words of an option."""
    catalogue = installed()
    name = random.choice(catalogue.names(stage))
    method = next(offer.method for offer in catalogue.find(name) if offer.kind == stage)
    parameters = [field.name for field in fields(method)]
    if not parameters or random.random() < 0.3:
        return method.example or name
    chosen = random.sample(parameters, random.randint(1, min(3, len(parameters))))
    return f"{name}({', '.join(f'{one}={mutators.value(random)!r}' for one in chosen)})"


@cache
def _fitted_file() -> str:
    index = indicia.read(
        {
            "data": {"unit": "town", "groups": ["region"], "where": {"year": 2020}},
            "dimensions": {"economy": {"weight": 2}},
            "indicators": {
                "jobs": {"dimension": "economy", "treatment": "winsorise"},
                "pay": {"dimension": "economy", "normalisation": "z_score(mean=50, sd=10)"},
                "air": {"direction": "cost", "imputation": "median"},
            },
            "methodology": {"weighting": "entropy", "normalisation": "min_max(lower=1, upper=10)"},
        }
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "fitted.json"
        fitted.fit(index, pl.DataFrame(_table(Random(4), gaps=False))).write(path)
        return path.read_text(encoding="utf-8")


def _key(key: str) -> str:
    return json.dumps(key)


def _toml(value: Any) -> str:
    """Return a value in TOML, tables inline."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value) if isinstance(value, (str, bool)) else str(value)
