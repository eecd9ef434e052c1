"""The sentences on the difference of two editions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.notes import Count, Names, Note, percentage
from indicia_editions.matching import similar_names
from indicia_editions.methodology_changes import Change
from indicia_editions.overtaken import sentences_on_places
from indicia_editions.scenarios import CAUSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia_editions.difference_tables import DifferenceTables
    from indicia_editions.scored_edition import ScoredEdition

_NOISE = 1e-9
_NAMES = 10
"""The most units or parts that a sentence names."""


def difference_findings(difference: DifferenceTables) -> Iterator[Note]:
    """Yield the sentences on units and moves, the headline first."""
    yield from _on_units(difference)
    yield from _on_moves(difference)
    yield from _on_causes(difference)


def _on_units(difference: DifferenceTables) -> Iterator[Note]:
    if difference.units.is_empty():
        yield Note("difference_methods", **_editions(difference))
        return
    names = {status: list(units["unit"]) for (status,), units in difference.units.group_by("status")}
    entered, left = names.get("entered", []), names.get("left", [])
    counts = {"both": len(names.get("both", [])), "entered": len(entered), "left": len(left)}
    yield Note("difference_units", **_editions(difference), **counts)
    if entered:
        yield Note("units_entered", units=Names.of(entered, _NAMES))
    if left:
        yield Note("units_left", units=Names.of(left, _NAMES))


def _editions(difference: DifferenceTables) -> dict[str, Names]:
    """Return both editions by name; a page for readers has other names of them."""
    return {"old": Names.of([difference.old.title]), "new": Names.of([difference.new.title])}


def _on_moves(difference: DifferenceTables) -> Iterator[Note]:
    moves, movers = difference.units["move"].drop_nulls().abs(), difference.movers
    mean = moves.mean()
    if not isinstance(mean, float):
        return
    if mean == 0:
        yield Note("no_rank_moves", count=Count(len(moves), "unit"))
        return
    largest = movers.row(0, named=True)
    yield Note(
        "mean_move",
        mean=f"{mean:.2g}" if mean < 1 else f"{mean:.1f}",
        unit=Names.of([largest["unit"]]),
        before=f"{largest['rank_old']:g}",
        after=f"{largest['rank_new']:g}",
    )
    ranks = (difference.units.drop_nulls(column).select("unit", column) for column in ("rank_old", "rank_new"))
    yield from sentences_on_places(largest["unit"], *(dict(of_edition.iter_rows()) for of_edition in ranks))


def _on_causes(difference: DifferenceTables) -> Iterator[Note]:
    """Yield the shares of the causes in the sums of absolute parts, of scores and of ranks."""
    for what, kind in (("score", "causes_of_scores"), ("rank", "causes_of_ranks")):
        totals = difference.totals.filter(what=what).drop_nulls("share")
        # a share below the noise of sums of floats is none
        shares = {
            cause: share if share > _NOISE else 0.0 for cause, share in totals.select("cause", "share").iter_rows()
        }
        if shares:
            yield Note(kind, **{cause: percentage(shares[cause]) for cause in CAUSES})


def methodology_sentences(difference: DifferenceTables) -> list[Note]:
    """Return the changes of the methodology in words; none if the editions cannot tell them, or share a run."""
    if not difference.have_methods or difference.share_a_run:
        return []
    return change_sentences(difference.published_changes) or [Note("no_methodology_changes")]


def change_sentences(changes: tuple[Change, ...]) -> list[Note]:
    """Return a sentence for each change of the methodology; equal changes of several parts share a sentence."""
    groups: dict[tuple[str, str, str, str], list[str]] = {}
    for change in changes:
        groups.setdefault((change.change, change.word, change.old, change.new), []).append(change.part)
    return [_sentence(Change(kind, "", word, old, new), parts) for (kind, word, old, new), parts in groups.items()]


def _sentence(change: Change, parts: list[str]) -> Note:
    names, values = Names.of(parts, _NAMES), {"old": _value(change.old), "new": _value(change.new)}
    match change.change:
        case "indicator_added":
            return Note("indicators_added", parts=names)
        case "indicator_removed":
            return Note("indicators_removed", parts=names)
        case "dimension_added":
            return Note("dimensions_added", parts=names)
        case "dimension_removed":
            return Note("dimensions_removed", parts=names)
        case "fitted":
            return Note("statistics_fixed" if change.new == "fitted" else "statistics_free")
        case "statistic":
            return Note("statistic_changed", statistic=change.word, parts=names, **values)
        case "setting":
            return Note("setting_changed", word=change.word, **values)
        case _:
            return Note("word_changed", word=change.word, parts=names, **values)


def data_sentences(difference: DifferenceTables) -> tuple[Note, ...]:
    """Return a sentence on the number of values that changed; none if the editions have no data, or share a run."""
    summary = difference.revision_summary
    if not difference.have_data or difference.share_a_run or summary.is_empty():
        return ()
    values, changed = (f"{summary[column].sum():,}" for column in ("values", "changed"))
    parts = summary.filter(pl.col("changed") > 0)["indicator"].to_list()
    if not parts:
        return (Note("nothing_revised", values=values),)
    return (Note("revised", values=values, changed=changed, parts=Names.of(parts, _NAMES)),)


def _value(text: str) -> str | Note:
    """Return a value, or the word for a word that an edition does not state."""
    return text or Note("not_stated")


def difference_notes(difference: DifferenceTables) -> tuple[Note, ...]:
    """Return the facts that a reader must know: what the editions cannot tell, and why."""
    old, new = difference.old, difference.new
    scores = [edition.title for edition in (old, new) if edition.methodology is None]
    has_units = not difference.units.is_empty()
    bare = [edition.title for edition in (old, new) if edition.result is None and edition.methodology is not None]
    fitted = [edition.title for edition in (old, new) if edition.is_fitted]
    notes = [Note("scores_alone", editions=Names.of(scores))] if scores else []
    notes += [Note("edition_without_data", editions=Names.of(bare))] if bare and has_units else []
    notes += [] if has_units else [Note("fits_without_tables")]
    notes += [Note("fitted_edition", editions=Names.of(fitted))] if fitted else []
    notes += [note for edition in (old, new) for note in _on_edition(edition)]
    reason = difference.reason_without_causes
    notes += [Note("causes_of_largest", count=Count(len(difference.causes), "unit"))] if _some(difference) else []
    notes += [] if reason is None else [Note("no_causes", reason=reason)]
    withheld = [] if difference.publishes_raw_values else [Note("raw_values_withheld")]
    return (*notes, *_on_data(difference), *withheld)


def difference_hints(difference: DifferenceTables) -> Iterator[Note]:
    """Yield what the author of the editions may do; a page for readers has none of these sentences."""
    if difference.units.is_empty():
        yield Note("tables_of_fits")
    for edition in (difference.old, difference.new):
        if any(remark.kind == "computed_otherwise" for remark in edition.remarks):
            yield Note("replay_tells_why", edition=Names.of([edition.title]))
    if _some(difference):
        yield Note("causes_of_another")
    yield from _on_names(difference)


def _some(difference: DifferenceTables) -> bool:
    """Return whether the moves of some of the units are divided into causes."""
    return 0 < len(difference.causes) < difference.units["move"].count()


def _on_edition(edition: ScoredEdition) -> Iterator[Note]:
    """Yield the facts about one edition."""
    yield from edition.remarks
    if edition.result is None and not edition.units.is_empty():
        if edition.ranked_here:
            yield Note("ranked_here", edition=Names.of([edition.title]))
        for column, kind in (("score", "no_scores_published"), ("rank", "no_ranks_published")):
            if edition.units[column].null_count() == len(edition.units):
                yield Note(kind, edition=Names.of([edition.title]))
    scoreless = list(edition.units.filter(pl.col("score").is_null() & pl.col("rank").is_null())["unit"])
    if scoreless:
        count = Count(len(scoreless), "unit")
        yield Note(
            "edition_without_score", edition=Names.of([edition.title]), count=count, units=Names.of(scoreless, _NAMES)
        )


def _on_names(difference: DifferenceTables) -> Iterator[Note]:
    """Yield the units that may have another name."""
    by_status = {status: list(units["unit"]) for (status,), units in difference.units.group_by("status")}
    labels = difference.reader_names(None)
    entered = {labels.get(unit, unit): unit for unit in by_status.get("entered", [])}
    left = {labels.get(unit, unit): unit for unit in by_status.get("left", [])}
    pairs = [f"{former} → {present}" for former, present in similar_names(list(entered), list(left))]
    if pairs:
        first_old, first_new = pairs[0].split(" → ")
        yield Note("perhaps_renamed", pairs=Names.of(pairs), rename=f"{left[first_old]}={entered[first_new]}")


def _on_data(difference: DifferenceTables) -> Iterator[Note]:
    """Yield the limits of the comparison of data."""
    old, new = difference.old, difference.new
    if not difference.have_data or difference.revisions.is_empty():
        return
    if not (old.definition.data.period and new.definition.data.period):
        yield Note("changes_or_revisions")
