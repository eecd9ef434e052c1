"""The lines below a table of a result: facts of the weights, notes, and the comparison with a published ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.run.notes import changed_notes

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from indicia.result import Result


def remarks_on(run: Result, show: str) -> list[str]:
    """Return the lines below a table: facts of the weights, notes, and the comparison with a published ranking."""
    lines = (
        [f"weights of {node}: {_details(facts)}" for node, facts in run.facts.items()]
        if show in ("scores", "weights")
        else []
    )
    lines += notes_of(run)
    if show == "scores" and run.reproduction:
        reference = run.definition.reference
        if reference and reference.top:
            size = len(set(reference.top))
            top = sorted(run.scores.filter(run.scores["rank"] <= size)[run.unit])
            lines.append(f"the first {size} here, in alphabetical order: {', '.join(top)}")
        for reproduction in run.reproduction:
            lines.append(str(reproduction))
            if reference and reference.top and len(reproduction.differing):
                lines.append("; ".join(_only_on_one_list(run, reproduction.differing, size)))
    return lines


def notes_of(run: Result) -> list[str]:
    changed = set(changed_notes(run.scored.changes))
    return [f"{note}; --show cells lists them" if note in changed else note for note in run.notes]


def _only_on_one_list(run: Result, differing: pl.DataFrame, size: int) -> Iterator[str]:
    """List the units, with ranks, that are only on the published list or only among the first units here."""
    ranks = run.scores.select(run.unit, "rank").join(differing, on=run.unit).sort("rank", run.unit, nulls_last=True)
    published, ranked = ranks["published"], ranks["rank"].is_not_null()
    for words, rows in (
        ("on the list, with a lower rank here", published & ranked),
        ("on the list, and not ranked here", published & ~ranked),
        (f"among the first {size} here, and not on the list", ranks["scored"]),
    ):
        units = ranks.filter(rows).select(run.unit, "rank").rows()
        if units:
            yield f"{words}: {', '.join(unit if rank is None else f'{unit} (rank {rank:g})' for unit, rank in units)}"


def _details(facts: object) -> str:
    assert isinstance(facts, dict)
    return ", ".join(
        f"{name} = {value:.4g}" if isinstance(value, float) else f"{name} = {value}" for name, value in facts.items()
    )
