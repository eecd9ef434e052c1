"""Tables without an index file: their format, the roles of their columns, and doubts about their cells."""

from indicia.recognition.columns import Inferred, infer
from indicia.recognition.draft import draft
from indicia.recognition.observation import Observation
from indicia.recognition.recognise import Recognised, recognise

__all__ = [
    "Inferred",
    "Observation",
    "Recognised",
    "draft",
    "infer",
    "recognise",
]
