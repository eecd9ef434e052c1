"""Findings from the observations of the recognition about the table as it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.checks import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.checks import Subject, Topic


def findings_of(subject: Subject, topic: Topic) -> Iterator[Finding]:
    """Yield a finding for each observation of a topic; its place is the first name that it is about."""
    for observation in sorted(subject.observations(topic), key=lambda observation: observation.sentence):
        where = observation.names[0] if observation.names else "index"
        yield Finding(where, None, None, observation.sentence, observation.remedy)
