"""An index: a definition with the methods and the data to score it."""

from __future__ import annotations

import os
import secrets
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.catalogue import Catalogue, installed
from indicia.data import MISSING, read_table
from indicia.definition import (
    OPTIONAL,
    STAGES,
    Definition,
    Origin,
    build_tree,
    choose,
    define,
    doubts,
    draft,
    files_outside,
    indicators_of,
    infer,
    load,
    variant,
    with_choices,
    with_options,
    with_table,
)
from indicia.errors import (
    DataError,
    DefinitionError,
    DubiousWarning,
    IndiciaWarning,
    PluginError,
    UnknownColumn,
    join_names,
)
from indicia.paths import check_path
from indicia.progress import Progress, silent
from indicia.result import Inputs, Result
from indicia.run import examine, score

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indicia.comparison import Comparison, Count
    from indicia.definition import Node
    from indicia.robustness import Robust, Stability


@dataclass(frozen=True, repr=False)
class Index:
    """A composite index, ready to be scored: what the index file says, and the methods at hand."""

    raw: Mapping[str, Any]
    catalogue: Catalogue
    origin: Origin = field(default_factory=Origin)
    chosen: str | None = None
    """The variant that is scored, if not the index as it stands."""

    @cached_property
    def definition(self) -> Definition:
        """The definition, checked."""
        whole = define(self.raw, replace(self.origin, elsewhere={}))
        return variant(whole, self.chosen, self.origin) if self.chosen else whole

    @cached_property
    def tree(self) -> Node:
        """The tree of dimensions and indicators, with a method at every node."""
        return build_tree(self.definition, self.catalogue, self.origin)

    def score(self, table: object = None) -> Result:
        """Score and rank the units of a table, by default the one that the index file names.

        `table` is a path, a polars or a pandas frame, or "-" for standard input.
        """
        return self.score_frame(self.read_table(table))

    def score_frame(self, frame: pl.DataFrame) -> Result:
        """Score and rank the units of a frame that `read_table` has read."""
        with self.origin.located():
            scored = score(self.definition, self.tree, frame)
        period = self.definition.data.period
        for doubt in doubts(self.tree, self.definition, scored.units[period].n_unique() if period else 1):
            warnings.warn(doubt, DubiousWarning, stacklevel=2)
        for warning in scored.warnings:
            warnings.warn(warning, IndiciaWarning, stacklevel=2)
        return Result(
            self.definition,
            scored,
            frame,
            self.catalogue,
            self.origin.folder,
            self.tree,
            files_outside=self.files_outside,
        )

    def inputs(self, frame: pl.DataFrame) -> Inputs:
        """Return all that a result depends on: the index, its methods, and a frame that `read_table` has read."""
        return Inputs(self.definition, self.tree, self.catalogue, frame, files_outside=self.files_outside)

    def check(self, table: object = None) -> list[str]:
        """Check the definition and the data as far as can be without scoring; return what was found, in lines."""
        frame = self.read_table(table)
        with self.origin.located():
            *found, verdict = examine(self.definition, self.tree, frame)
        if self.files_outside:
            found.append(f"files outside the folder of the index file: {join_names(self.files_outside, 30)}")
        return [*found, verdict]

    @cached_property
    def files_outside(self) -> tuple[str, ...]:
        """The files that the index file names and that lie outside its folder: tables, judgements, plugins."""
        return files_outside(self.definition, self.tree, self.origin)

    def compare(
        self,
        *others: Index,
        table: object = None,
        period: object = None,
        against: object = None,
        count: Count = "distinct",
        progress: Progress = silent,
        **methods: object,
    ) -> Comparison:
        """Compare methodologies: every combination of the methods that are listed by stage, on the same data.

        `index.compare(normalisation=["min_max", "z_score"], weighting=["equal", "entropy"])`; without a list, the
        variants of the index, which as it stands is the first methodology, or the other indices. Combinations that
        cannot be scored are left out with the reason. Of a panel it is the last period, or `period`. `against` is a
        published ranking: a path or frame of ranks or scores, or a list of the first units in no order. Where several
        methodologies give the same ranking, medians, shares, the consensus and effects count it once, or with
        `count="all"` as often as it occurs.
        """
        from indicia.comparison import compare  # here, so that a plain score does not wait for it

        return compare(
            (self, *others), methods, table=table, period=period, against=against, count=count, progress=progress
        )

    def robustness(
        self,
        table: object = None,
        *,
        period: object = None,
        progress: Progress = silent,
        **varied: object,
    ) -> Robust:
        """Score the index over and over with every doubtful choice drawn anew, and say where every unit stands.

        What is varied stands in `[robustness]` of the index file; `varied` says the same words here:
        `index.robustness(draws=1000, seed=1, weights={"spread": 0.25}, normalisation=["min_max", "z_score"])`. Of a
        panel it is the last period, or `period`.
        """
        from indicia.robustness import Study  # here, so that a plain score does not wait for it

        definition = self.definition
        said = {word: value for word, value in varied.items() if value is not None}
        origin = replace(self.origin, options=self.origin.options | {f"robustness.{word}" for word in said})
        asked = define({**self.raw, "robustness": {**self.raw.get("robustness", {}), **said}}, origin).robustness
        seed = secrets.randbelow(2**32) if asked.seed is None else asked.seed
        for stage in STAGES:
            for choice in getattr(asked, stage):  # a method that nobody knows is a slip, and no draw that fails
                if choice != "none" or stage not in OPTIONAL:
                    choose(self.catalogue, stage, choice, origin, ["robustness", stage])

        def planned(chosen: Mapping[str, Any]) -> tuple[Definition, Node]:
            other = with_choices(definition, chosen)
            said_in = {**origin.elsewhere, **dict.fromkeys(chosen, ("robustness",))}
            return other, build_tree(other, self.catalogue, replace(origin, elsewhere=said_in))

        frame = self.read_table(table)
        with origin.located():
            return Study(planned, frame, asked, seed, self.origin.folder, period, inputs=self.inputs(frame)).run(
                progress
            )

    def stability(
        self,
        table: object = None,
        *,
        period: object = None,
        units: int = 100,
        progress: Progress = silent,
    ) -> Stability:
        """Say how little it takes to change the ranking: a part left out, other weights, units that come and go.

        Of a panel it is the last period, or `period`. The first `units` units are left out in turn, and compared in
        pairs.
        """
        from indicia.robustness import Stability  # here, so that a plain score does not wait for it

        frame = self.read_table(table)
        with self.origin.located():
            return Stability.of(
                self.definition,
                self.tree,
                frame,
                period=period,
                units=units,
                progress=progress,
                inputs=self.inputs(frame),
            )

    def read_table(self, table: object = None) -> pl.DataFrame:
        """Read the data of the index: text in the columns that name units, numbers in the indicators."""
        data = self.definition.data
        if table is None and data.path is None:
            raise DefinitionError(
                "the index has no data", where=self.origin.where(["data"]), remedy='write path = "table.csv" in [data]'
            )
        text = [column for column in (data.unit, *data.labels(), *data.groups) if column]
        specs = self.definition.indicators
        indicators = {spec.column or name: name for name, spec in specs.items()}
        denominators = {spec.per: name for name, spec in specs.items() if spec.per}
        try:
            return read_table(
                data.path if table is None else table,
                text=list(dict.fromkeys(text)),
                numbers=list({**indicators, **denominators}),
                missing=MISSING if data.missing is None else data.missing,
                encoding=data.encoding,
                folder=self.origin.folder if table is None else Path(),
            )
        except UnknownColumn as error:
            name = indicators.get(error.column) or denominators.get(error.column)
            keys = ["indicators", name] if name else ["data"]
            where = "\n".join(line for line in (self.origin.where(keys), error.where) if line)
            raise DataError(error.what, where=where, remedy=error.remedy) from error

    def variant(self, name: str) -> Index:
        """Return the index with the methodology of one of its variants."""
        return Index(self.raw, self.catalogue, self.origin.of_variant(self.raw, name), name)

    def with_options(self, *, settings: Mapping[str, Any] | None = None, **methods: object) -> Index:
        """Return the index, or its variant, with other methods, by stage, or other settings by dotted path.

        `index.with_options(normalisation="z_score", settings={"indicators.gdp.weight": 2})`
        """
        raw = with_options(self.raw, self.chosen, settings, **methods)
        given = {f"methodology.{stage}" for stage, choice in methods.items() if choice is not None}
        given |= set(settings or ())
        origin = replace(self.origin, options=self.origin.options | given)
        return Index(raw, self.catalogue, origin, self.chosen)

    def __repr__(self) -> str:
        leaves = len(list(self.tree.leaves()))
        return f"Index({self.definition.name!r}, {leaves} indicators, {len(self.definition.dimensions)} dimensions)"


def read(
    source: str | Path | Mapping[str, Any],
    plugins: Iterable[str | Path] = (),
    *,
    allow_code: bool = False,
    only_plugins: Iterable[str] | None = None,
) -> Index:
    """Read an index file, or a mapping of the same words, as `indicia.read` does."""
    raw, origin = (with_table(source), Origin()) if isinstance(source, Mapping) else load(Path(source))
    return from_origin(raw, origin, plugins, allow_code=allow_code, only_plugins=only_plugins)


def from_origin(
    raw: Mapping[str, Any],
    origin: Origin,
    plugins: Iterable[str | Path] = (),
    *,
    allow_code: bool = False,
    only_plugins: Iterable[str] | None = None,
) -> Index:
    """Return the index of a definition that has been read, with the plugins that it names if their code may run."""
    named, given = raw.get("plugins", []), [Path(file) for file in plugins]
    files = [origin.folder / file for file in named if isinstance(file, str)] if isinstance(named, list) else []
    for file in (*files, *given):
        check_path(file)
    trusted = {file.resolve() for file in given}
    if strange := [str(file) for file in files if file.resolve() not in trusted and not allow_code]:
        raise PluginError(
            f"the index names plugins, and to load a plugin is to run its code: {join_names(strange)}",
            where=origin.where(["plugins"]),
            remedy="look at the code, and if you trust it add --allow-code (in Python: allow_code=True)",
        )
    return Index(raw, installed([*files, *given], STAGES, only_plugins), origin)


def of(
    table: object,
    *,
    indicators: object = None,
    missing: object = None,
    unit: str | None = None,
    label: str | None = None,
    period: str | None = None,
    groups: Iterable[str] = (),
    costs: Iterable[str] = (),
    encoding: str | None = None,
    marks: Iterable[str] = MISSING,
    plugins: Iterable[str | Path] = (),
    only_plugins: Iterable[str] | None = None,
    **methods: object,
) -> tuple[Index, pl.DataFrame]:
    """Make a flat index of a table: one indicator a column, no dimensions, what is not said inferred.

    `marks` are those of a missing value, and `methods` choices by stage.
    """
    given = indicators_of(indicators) if indicators is not None else None
    columns = None if given is None else [spec.get("column", name) for name, spec in given.items()]
    text = [column for column in (unit, label, *groups) if column]
    frame = read_table(table, text=text, numbers=columns, missing=tuple(marks), encoding=encoding or "utf-8")
    costs = tuple(costs)
    inferred = infer(
        frame, unit=unit, label=label, period=period, groups=tuple(groups), indicators=columns, costs=costs
    )
    specified = given or {name: {} for name in inferred.indicators}
    for doubt in inferred.doubts:
        warnings.warn(doubt, DubiousWarning, stacklevel=3)
    for name in costs:
        specified[name] = {**specified[name], "direction": "cost"}
    raw = with_options(
        {
            "data": inferred.data(),
            "indicators": specified,
            "methodology": {} if missing is None else {"missing": missing},
        },
        None,
        None,
        **methods,
    )
    text = [column for column in (inferred.unit, inferred.label, *inferred.groups) if column]
    if any(frame.schema[column] != pl.String for column in text):
        frame = read_table(frame, text=text)
    return Index(raw, installed(map(Path, plugins), STAGES, only_plugins)), frame


def drafted(
    table: str, folder: Path, *, costs: Iterable[str] = (), encoding: str | None = None, **columns: Any
) -> tuple[str, list[str]]:
    """Return the text of an index file for a table, to stand in `folder`, and what was inferred."""
    costs = tuple(costs)
    frame = read_table(table, encoding=encoding or "utf-8")
    inferred = infer(frame, costs=costs, **columns)
    gaps = [name for name in inferred.indicators if frame[name].null_count()]
    path, _, sheet = table.partition("#")
    relative = os.path.relpath(path, folder) + (f"#{sheet}" if sheet else "")
    said = [
        f"{word}: {value if isinstance(value, str) else ', '.join(value)}" for word, value in inferred.data().items()
    ]
    said.append(f"indicators: {', '.join(inferred.indicators)}")
    said += [f"left out: {column} ({reason})" for column, reason in inferred.left_out.items()]
    text = draft(
        inferred, relative, name="Index" if path == "-" else Path(path).stem, costs=costs, gaps=gaps, encoding=encoding
    )
    return text, said
