"""The values of the statistics of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.formulas import PARENT, PERIOD, UNIT
from indicia.formulas.to_text import to_text
from indicia.tables.joins import cast_key
from indicia.tables.values import VALUE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.formulas import Node, Question
    from indicia.run import Scored
    from indicia.tables.values import Value

_FIRST = ("stage", "subject", "statistic", "formula")
_KINDS = {**dict.fromkeys(_FIRST, pl.String), "value": pl.Float64}


def statistics(scored: Scored, unit: str, period: str | None) -> pl.DataFrame:
    """Return the statistics that the formulas of a run use, in the order of the stages and of the formulas.

    Columns: the stage; the subject, which is the indicator, or the node and its component; the name of the statistic,
    or its formula if it has no name; its formula; its group, period or unit, if it has several values; the value. A
    statistic of several numbers has a row for each number.
    """
    names = {UNIT: unit, PARENT: unit, **({PERIOD: period} if period else {})}
    frames = [pl.DataFrame(schema=_KINDS)]
    for record in scored.records:
        nodes = {question: node for formula in record.formulas.values() for question, node in formula.questions.items()}
        for question, value in record.statistics.items():
            for words, numbers in numbers_of(question, nodes.get(question), value):
                keys = numbers.drop("value").rename(names, strict=False)
                keys = cast_key(keys, scored.units, keys.columns).rename(
                    {name: f"key_{name}" for name in _KINDS}, strict=False
                )
                labels = [
                    pl.lit(word, pl.String).alias(name)
                    for name, word in zip(_FIRST, (record.stage, *words), strict=True)
                ]
                frames.append(keys.with_columns(numbers["value"]).select(*labels, pl.all()))
    table = pl.concat(frames, how="diagonal")
    return table.select(pl.exclude("value"), "value")


def numbers_of(
    question: Question, node: Node | None, value: Value
) -> Iterator[tuple[tuple[str, str, str | None], pl.DataFrame]]:
    """Yield the subject, name and formula of each number of a statistic, with its values."""
    formula = to_text(node) if node is not None else None
    subject = ", ".join(question.subject)
    name = str(question).removesuffix(f" of {subject}")
    if question.kind in ("settled", "over_time") and formula is not None:
        name = formula
    if isinstance(value, pl.DataFrame):
        frame = value.rename({VALUE: "value"})
    else:
        numbers = pl.Series(
            "value", [value], pl.Array(pl.Float64, len(value)) if isinstance(value, list) else pl.Float64
        )
        frame = pl.DataFrame([numbers])
    kind = frame.schema["value"]
    if not isinstance(kind, pl.Array):
        yield (subject, name, formula), frame.with_columns(pl.col("value").cast(pl.Float64))
        return
    for number in range(kind.size):
        yield (subject, f"{name} [{number + 1}]", formula), frame.with_columns(pl.col("value").arr.get(number))
