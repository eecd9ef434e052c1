"""The files of scores over partitions, with ranks.

Plain values in a file that runs no code where it is read: JSON, arrays of NumPy and frames of Arrow in a zip.

A value is read back with the same type and the same bits: None, true and false, whole numbers, floats with their bits,
texts, dates and times, decimals, tuples, lists, dicts, arrays and scalars of NumPy, frames and series of polars.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from polars.exceptions import PanicException, PolarsError

from indicia.definition import RANK, ROOT, Bands, Definition, Node, check_group
from indicia.errors import DataError
from indicia.methods import Domain
from indicia.partitions.mergeable import Distinct, Every
from indicia.partitions.partition import NeedsAllRows, Partition, Pending
from indicia.partitions.rank_buckets import Ranking
from indicia.partitions.sorted_runs import RunSample, write_run
from indicia.result import Result
from indicia.run import Scored, label_bands, numbers_by_limits, numbers_by_places
from indicia.stages.rank import is_eligible, lowest_ranks_first, ranked_scores
from indicia_partitions.summary import RunSummary

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from indicia.data.partition_writer import PartitionedOutput
    from indicia_partitions.replay import ScoreJob


_VALUES = "values.json"
_DATE = (1980, 1, 1, 0, 0, 0)
"""The date of the members of a zip, so that equal values give equal bytes."""


class Damaged(Exception):
    """A file does not hold plain values."""


def pack(values: Mapping[str, Any]) -> bytes:
    """Return the bytes of values, by key.

    Raises
    ------
    TypeError
        A value is not plain.

    Examples
    --------
    >>> unpack(pack({"range of gdp": (0.1, float("inf")), "units": 3}))
    {'range of gdp': (0.1, inf), 'units': 3}
    """
    members: list[bytes] = []
    texts = {}
    for key, value in values.items():
        try:
            texts[key] = _packed(value, members)
        except TypeError as error:
            raise TypeError(f"the answer of {key} cannot be kept: {error}") from error
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for number, member in enumerate(members):
            file.writestr(zipfile.ZipInfo(str(number), _DATE), member)
        file.writestr(zipfile.ZipInfo(_VALUES, _DATE), json.dumps(texts).encode())
    return content.getvalue()


def unpack(content: bytes) -> dict[str, Any]:
    """Return the values of `pack`.

    Raises
    ------
    Damaged
        The bytes are not those of `pack`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            texts = json.loads(file.read(_VALUES))
            return {
                str(key): _unpacked(value, lambda number: file.read(str(int(number)))) for key, value in texts.items()
            }
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise Damaged("no whole zip file") from error
    except (KeyError, IndexError, ValueError, TypeError, AttributeError, struct.error) as error:
        raise Damaged("values of another form") from error
    except (PolarsError, PanicException, OSError, MemoryError) as error:
        raise Damaged("a frame that cannot be read") from error


def _packed(value: Any, members: list[bytes]) -> Any:
    """Return a value in JSON: null, true, false, whole numbers and texts as they are, others with the type."""
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) is float:
        return ["float", struct.pack(">d", value).hex()]
    if type(value) in (tuple, list):
        return [type(value).__name__, [_packed(element, members) for element in value]]
    if type(value) is dict:
        return ["dict", [[_packed(key, members), _packed(element, members)] for key, element in value.items()]]
    content = io.BytesIO()
    if (type(value) is np.ndarray or isinstance(value, np.generic)) and not value.dtype.hasobject:
        kind = "array" if isinstance(value, np.ndarray) else "scalar"
        np.save(content, value, allow_pickle=False)
    elif isinstance(value, pl.DataFrame | pl.Series):
        kind, frame = ("frame", value) if isinstance(value, pl.DataFrame) else ("series", value.to_frame())
        if pl.Object in frame.dtypes:
            raise TypeError("it holds a frame of Python objects")
        frame.write_ipc(content)
    elif isinstance(value, date | time | timedelta | Decimal):  # a datetime is a date, too
        kind = "value"
        pl.DataFrame({"": [value]}).write_ipc(content)
    else:
        raise TypeError(f"it holds a value of the type {type(value).__name__}")
    members.append(content.getvalue())
    return [kind, len(members) - 1]


def _unpacked(value: Any, member: Callable[[Any], bytes]) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    kind, content = value
    if kind == "float":
        return struct.unpack(">d", bytes.fromhex(content))[0]
    if kind in ("tuple", "list"):
        elements = [_unpacked(element, member) for element in content]
        return tuple(elements) if kind == "tuple" else elements
    if kind == "dict":
        return {_unpacked(key, member): _unpacked(element, member) for key, element in content}
    if kind in ("array", "scalar"):
        array = np.load(io.BytesIO(member(content)), allow_pickle=False)
        return array if kind == "array" else array[()]
    if kind in ("frame", "series", "value"):
        frame = pl.read_ipc(io.BytesIO(member(content)))
        if kind == "value":
            return frame.item()
        return frame if kind == "frame" else frame.to_series()
    raise ValueError(f"no kind of value: {kind}")


RUN = "ranks"
"""The name of the sorted scores among the files of a run."""


@dataclass(frozen=True)
class RankedRun:
    """The sorted scores of a partition."""

    sample: RunSample
    is_logarithm: bool
    """True if the scores are logarithms, on whose scale rounding errors of products are constant."""
    ranked: pl.DataFrame
    """The number of rows with a rank, `units`, by period."""


def rank_columns(definition: Definition) -> dict[str, list[str]]:
    """Return the columns of ranks, each with the columns within which units are ranked."""
    data = definition.data
    within = {"rank": [data.period] if data.period else []}
    for group in definition.methodology.ranks:
        check_group(group, data, "ranks names")
        within[f"rank_{group}"] = [*within["rank"], group]
    return within


def ranking_of(definition: Definition, tree: Node) -> Ranking:
    """Return the order of ranks, and the policy for ties."""
    return Ranking(definition.methodology.ties, lowest_ranks_first(definition, tree))


def write_ranked_rows(scored: Scored, partition: Partition, folder: Path) -> RankedRun:
    """Write the sorted scores of the eligible rows of a partition."""
    definition = scored.definition
    scores = ranked_scores(definition, scored.source.columns)[ROOT]
    is_logarithm = scored.tree.aggregation.domain is Domain.POSITIVE and partition.ask(
        "all scores are positive", Every(), lambda: bool((scores > 0).all())
    )
    codes = [_codes(scored.units, key, definition, partition) for key in rank_columns(definition).values()]
    values = scores.log() if is_logarithm else scores
    has_rank = pl.Series(codes[0] >= 0) & scores.is_not_null()
    period = [definition.data.period] if definition.data.period else []
    ranked = pl.DataFrame([*scored.units.select(period), has_rank.cast(pl.Int64).alias("units")])
    ranked = ranked.group_by(period, maintain_order=True).sum() if period else ranked.sum()
    return RankedRun(write_run(values, folder, RUN, partition.number, codes), is_logarithm, ranked)


def _codes(units: pl.DataFrame, key: list[str], definition: Definition, partition: Partition) -> npt.NDArray[np.int32]:
    """Return the number of the group of each row; -1 for a row without a rank."""
    is_ranked = units.select(
        pl.all_horizontal(pl.repeat(True, pl.len()), is_eligible(definition), pl.col(key).is_not_null())
    ).to_series()
    if not key:
        return np.where(is_ranked.to_numpy(), 0, -1).astype(np.int32)
    groups = partition.ask(
        f"groups of ranks: {', '.join(key)}",
        Distinct(),
        lambda: tuple(units.select(key).unique(maintain_order=True).rows()),
    )
    numbered = pl.DataFrame(groups, schema={name: units.schema[name] for name in key}, orient="row")
    numbered = numbered.with_row_index("\0code")
    code = units.select(key).join(numbered, on=key, how="left", nulls_equal=True, maintain_order="left")["\0code"]
    return np.where(is_ranked.to_numpy(), code.cast(pl.Int32).to_numpy(), -1).astype(np.int32)


@dataclass(frozen=True)
class ScoredPartition:
    """The outcome of the rows of a partition, whose scores stand in a file."""

    number: int
    rows: int
    run: RankedRun
    weights: pl.DataFrame
    """The weights of all parts, which are those of all rows."""
    methodology: str
    """The methods in one line."""
    summary: RunSummary
    """The notes, counts and extremes of the rows."""

    def to_plain(self) -> dict[str, Any]:
        """Return the fields as plain values, for a file."""
        sample = self.run.sample
        fields = {"number": sample.number, "count": sample.count, "values": sample.values, "step": sample.step}
        run = {**fields, "codes": sample.codes, "is_logarithm": self.run.is_logarithm, "ranked": self.run.ranked}
        return {
            "number": self.number,
            "rows": self.rows,
            "weights": self.weights,
            "methodology": self.methodology,
            "run": run,
            "summary": self.summary.to_plain(),
        }

    @classmethod
    def of_plain(cls, plain: dict[str, Any]) -> ScoredPartition:
        """Return the outcome, given the fields as plain values."""
        run = dict(plain["run"])
        is_logarithm, ranked = run.pop("is_logarithm"), run.pop("ranked")
        return cls(
            plain["number"],
            plain["rows"],
            RankedRun(RunSample(**run), is_logarithm, ranked),
            plain["weights"],
            plain["methodology"],
            RunSummary.of_plain(plain["summary"]),
        )


@dataclass(frozen=True)
class WriteScores:
    """Scores a partition, and writes its scores and its sorted scores to the work folder.

    A partition that an earlier attempt of the run has scored is not scored again.
    """

    scoring: ScoreJob
    output: PartitionedOutput

    def __call__(self, item: object, partition: Partition) -> ScoredPartition:
        """Return the outcome of a partition."""
        folder = self.output.workspace
        path = folder / f"scored-{partition.number:05}.zip"
        if (earlier := _outcome_in(path)) is not None:
            return earlier
        scored = self.scoring(item, partition)
        run = write_ranked_rows(scored, partition, folder)
        if partition.questions:  # a check is not answered yet, and a file of an outcome would end the questions
            raise Pending
        index = self.scoring.index
        definition = index.definition.model_copy(update={"bands": early_bands(index.definition)})
        scored_early = replace(scored, definition=definition)
        result = Result(definition, scored_early, pl.DataFrame(), index.catalogue, index.origin, index.tree)
        self.output.write_work_file(scores_file(folder, partition.number), result.scores)
        outcome = ScoredPartition(
            partition.number, len(scored.units), run, result.weights, result.methodology, RunSummary.of(scored)
        )
        self.output.write_whole(path, pack(outcome.to_plain()))  # written last: the other files are whole now
        return outcome


def _outcome_in(path: Path) -> ScoredPartition | None:
    """Return the outcome in a file; None if there is none, or if it is damaged."""
    try:
        return ScoredPartition.of_plain(unpack(path.read_bytes()))
    except (OSError, Damaged, KeyError, TypeError):
        return None


def scores_file(folder: Path, number: int) -> Path:
    """Return the file of the scores of a partition."""
    return folder / f"scores-{number:05}.arrow"


def early_bands(definition: Definition) -> dict[str, Bands]:
    """Return the classifications of scores and indicators by limits, which each row shows.

    Raises
    ------
    NeedsAllRows
        For shares of the units by another figure than the rank, or within groups.
    """
    early = {}
    for name, bands in definition.bands.items():
        if bands.shares is not None and (bands.of != RANK or bands.within):
            of = f" within {', '.join(bands.within)}" if bands.within else f" by {bands.of}"
            raise NeedsAllRows(
                f"the bands {name} share out all units{of}, and the table is read in partitions",
                remedy='of = "rank" without within, or thresholds, or --engine memory',
                word=("bands", name, "shares"),
            )
        if bands.of != RANK:
            early[name] = bands
    return early


@dataclass(frozen=True)
class RankBands:
    """The classifications of ranks, and the number of ranked units."""

    bands: Mapping[str, Bands]
    ranked: pl.DataFrame
    """The number of ranked units, `units`, by period."""

    @classmethod
    def of(cls, definition: Definition, ranked: Sequence[pl.DataFrame]) -> RankBands:
        """Return the classifications of ranks, given the numbers of ranked units of partitions.

        Raises
        ------
        DataError
            For fewer units than shares.
        """
        period = [definition.data.period] if definition.data.period else []
        counts = pl.concat(ranked)
        counts = counts.group_by(period, maintain_order=True).sum() if period else counts.sum()
        bands = {name: each for name, each in definition.bands.items() if each.of == RANK}
        for name, each in bands.items():
            few = counts.filter(pl.col("units") < each.count) if each.shares is not None else counts.clear()
            if len(few):
                *where, count = few.row(0)
                in_period = f" in {where[0]}" if where else ""
                raise DataError(
                    f"{each.count} shares of the bands {name} need as many units, and there are {count}{in_period}",
                    remedy="fewer shares, or thresholds",
                    word=("bands", name, "shares"),
                )
        return cls(bands, counts)

    def columns(self, frame: pl.DataFrame) -> dict[str, pl.Series]:
        """Return a column for each classification of the rows of a frame with ranks."""
        ranks = frame["rank"].cast(pl.Float64).fill_null(np.nan).to_numpy()
        period = self.ranked.drop("units").columns
        if period:
            units = frame.select(period).join(self.ranked, on=period, how="left", maintain_order="left")["units"]
        else:
            units = self.ranked["units"].new_from_index(0, len(frame))
        of_rows = units.cast(pl.Float64).fill_null(0.0).to_numpy()
        return {
            name: label_bands(
                name,
                bands,
                numbers_by_limits(bands, ranks) if bands.shares is None else numbers_by_places(bands, ranks, of_rows),
            )
            for name, bands in self.bands.items()
        }
